"""`background` is Celery's `shared_task`; where Celery is not installed, `delay` runs the function in place."""
try:
    from celery import shared_task as background
except ModuleNotFoundError:

    def background(function):
        function.delay = function
        return function


__all__ = ["background"]
