"""A worker touches a file regularly, and a probe checks the age of the file.

`celery inspect ping` is no alternative: a call takes seconds of CPU time and fails when only the broker is down.
"""
import os
import threading
from pathlib import Path

from celery import bootsteps

SECONDS = 5


class HeartbeatFile(bootsteps.StartStopStep):
    """While the worker is connected, its event loop touches the file, so the file gets old if the loop hangs.

    Without a broker, the loop does not run and a thread touches the file, because a restart would not help.
    """

    # A step of the consumer, because Celery restarts the consumer, without its timers, after each loss of the broker.
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
