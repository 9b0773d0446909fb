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
def use_django_logging(loglevel=None, **kwargs):
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
    if loglevel:
        logging.getLogger().setLevel(loglevel)


@before_task_publish.connect(sender="notes.tasks.tick")
def add_sent_time(body, **kwargs):
    """Adds the time at which the scheduler sent the tick, because a worker may run it much later."""
    from django.utils import timezone

    body[1]["sent"] = timezone.now().isoformat()
