from django.conf import settings

from .models import DBTaskResult


class DatabaseBackend:
    def __init__(self, alias, params):
        self.queues = params["QUEUES"]

    def enqueue(self, path, queue, *args):
        if queue not in self.queues:
            raise ValueError(f"{queue} is not in QUEUES")
        return DBTaskResult.objects.create(task_path=path, queue_name=queue, args_kwargs={"args": args, "kwargs": {}})


def default_backend():
    return DatabaseBackend("default", settings.TASKS["default"])
