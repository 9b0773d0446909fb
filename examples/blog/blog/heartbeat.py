"""A worker proves that it lives by touching a file; a probe only looks at the file's age.

`celery inspect ping` costs seconds of CPU a call, and asks the broker for what only the worker knows.
"""
import os
import threading
from pathlib import Path

from celery import bootsteps

SECONDS = 5


class HeartbeatFile(bootsteps.StartStopStep):
    """While connected, the worker's loop touches the file: a loop that hangs stops doing so.

    While the broker is away the loop stands still, and a thread does it: a restart would bring no broker back.
    """

    # A step of the consumer, because that is started again after each loss of the broker, and its timers are lost with it.
    requires = {"celery.worker.consumer.tasks:Tasks"}

    def __init__(self, consumer, **kwargs):
        self.file = Path(os.environ.get("CELERY_HEARTBEAT_FILE") or "/tmp/celery-heartbeat")
        self.wait_for_the_broker()

    def start(self, consumer):
        self.connected.set()
        self.file.touch()
        consumer.timer.call_repeatedly(SECONDS, self.file.touch, priority=10)

    def stop(self, consumer):
        self.wait_for_the_broker()

    def wait_for_the_broker(self):
        self.connected = threading.Event()
        threading.Thread(target=self.beat_until, args=[self.connected], daemon=True).start()

    def beat_until(self, connected):
        self.file.touch()
        while not connected.wait(SECONDS):
            self.file.touch()
