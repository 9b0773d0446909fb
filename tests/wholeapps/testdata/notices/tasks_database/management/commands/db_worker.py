import signal
import time

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections, transaction
from django.utils.module_loading import import_string

from tasks_database.models import DBTaskResult


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--queue-name", default="default")
        parser.add_argument("--interval", type=float, default=1)

    def handle(self, *, queue_name, interval, **options):
        self.stopping = False
        signal.signal(signal.SIGTERM, self.stop)
        while not self.stopping:
            close_old_connections()
            try:
                task = self.claim(queue_name.split(","))
            except OperationalError as error:
                self.stderr.write(str(error))
                task = None
            if task is None:
                time.sleep(interval)
                continue
            import_string(task.task_path)(*task.args_kwargs["args"])
            DBTaskResult.objects.filter(pk=task.pk).update(status="SUCCESSFUL")

    def stop(self, *_):
        """Lets the task that runs finish."""
        self.stopping = True

    def claim(self, queues):
        waiting = DBTaskResult.objects.filter(status="READY", queue_name__in=queues).order_by("enqueued_at")
        with transaction.atomic():
            task = waiting.select_for_update(skip_locked=True).first()
            if task is not None:
                task.status = "RUNNING"
                task.save()
        return task
