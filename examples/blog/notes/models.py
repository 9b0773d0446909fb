from django.db import models
from django.utils import timezone


class Note(models.Model):
    """A note that a web request queues and a worker completes. The status shows its progress."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"

    text = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_index=True)
    queued_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=253, blank=True)
    # More than one if a worker died after the work and before the acknowledgement: Celery then runs the task again.
    runs = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.text

    def as_json(self):
        return {
            "id": self.pk,
            "text": self.text,
            "status": self.status,
            "queued_at": self.queued_at,
            "done_at": self.done_at,
            "worker": self.worker,
            "runs": self.runs,
        }


class Tick(models.Model):
    """One tick of the scheduler, with the scheduler that sent it and the worker that ran it."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    beat = models.CharField(max_length=253)
    worker = models.CharField(max_length=253)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.at:%H:%M:%S} from {self.beat}"

    def as_json(self):
        return {"at": self.at, "beat": self.beat, "worker": self.worker}
