"""The Celery application: `celery -A blog worker`, `celery -A blog beat`."""
import logging.config
import os

from celery import Celery
from celery.signals import setup_logging

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
