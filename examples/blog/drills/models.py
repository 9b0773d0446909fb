from django.db import models


class Entry(models.Model):
    """One row per accepted slow request."""

    run = models.CharField(max_length=40, db_index=True)
    key = models.CharField(max_length=80, unique=True)


class Job(models.Model):
    """How often a task was started and how often it was completed."""

    run = models.CharField(max_length=40, db_index=True)
    seconds = models.FloatField()
    started = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
