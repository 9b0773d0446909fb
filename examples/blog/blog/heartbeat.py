"""A worker proves that it lives by touching a file; a probe only looks at the file's age.

`celery inspect ping` costs seconds of CPU a call, and asks the broker for what only the worker knows.
"""
import os
from pathlib import Path

from celery import bootsteps

SECONDS = 5


class HeartbeatFile(bootsteps.StartStopStep):
    requires = {"celery.worker.components:Timer"}

    def __init__(self, worker, **kwargs):
        self.file = Path(os.environ.get("CELERY_HEARTBEAT_FILE") or "/tmp/celery-heartbeat")
        self.timer = None

    def start(self, worker):
        self.file.touch()
        self.timer = worker.timer.call_repeatedly(SECONDS, self.file.touch, priority=10)

    def stop(self, worker):
        if self.timer:
            self.timer.cancel()
        self.file.unlink(missing_ok=True)
