from django.db import models


class Entry(models.Model):
    """What a slow request has written: one row for each that was accepted."""

    run = models.CharField(max_length=40, db_index=True)
    key = models.CharField(max_length=80, unique=True)


class Job(models.Model):
    """The ledger of a task: how often it was begun, and how often it was done."""

    run = models.CharField(max_length=40, db_index=True)
    seconds = models.FloatField()
    started = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
