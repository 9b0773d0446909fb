from django.db import models
from django.utils import timezone


class Note(models.Model):
    """A note is asked for on the web, and written down by a worker: its row tells how far it came."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        FAILED = "failed"

    text = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_index=True)
    queued_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=253, blank=True)
    # More than one when a worker died after the work and before the acknowledgement: tasks may run twice.
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
    """One beat of the scheduler: which scheduler sent it, and which worker wrote it down."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    beat = models.CharField(max_length=253)
    worker = models.CharField(max_length=253)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.at:%H:%M:%S} from {self.beat}"

    def as_json(self):
        return {"at": self.at, "beat": self.beat, "worker": self.worker}
