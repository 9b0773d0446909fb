"""`background` is Celery's `shared_task`. Without Celery, `delay` runs the function synchronously."""
try:
    from celery import shared_task as background
except ModuleNotFoundError:

    def background(function):
        function.delay = function
        return function


__all__ = ["background"]
