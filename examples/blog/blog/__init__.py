# Celery is optional: without it, tasks run synchronously (see blog/background.py).
try:
    from .celery import app as celery_app
except ModuleNotFoundError as error:
    if error.name != "celery":
        raise
    celery_app = None

__all__ = ["celery_app"]
