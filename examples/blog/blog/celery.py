"""The Celery application: `celery -A blog worker`, `celery -A blog beat`."""
import logging.config
import os

from celery import Celery
from celery.signals import before_task_publish, setup_logging

from .heartbeat import HeartbeatFile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blog.settings")

app = Celery("blog")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(HeartbeatFile)


@setup_logging.connect
def use_the_logging_of_django(loglevel=None, **kwargs):
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
    if loglevel:
        logging.getLogger().setLevel(loglevel)


@before_task_publish.connect(sender="notes.tasks.tick")
def say_when(body, **kwargs):
    """A tick tells when the scheduler sent it, which is not when a worker found the time for it."""
    from django.utils import timezone

    body[1]["sent"] = timezone.now().isoformat()
