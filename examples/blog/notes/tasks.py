from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from blog.background import background

from .models import Note, Tick

TICKS_KEPT = 100


@background
def write_note(note_id):
    """Marks the note as done. A second run does no harm and is counted."""
    Note.objects.filter(pk=note_id).update(
        status=Note.Status.DONE,
        done_at=timezone.now(),
        worker=settings.POD_NAME,
        runs=F("runs") + 1,
    )


@background
def tick(beat, sent=None):
    """Stores one tick of the scheduler and deletes the oldest ones. `sent` is a time in ISO 8601."""
    at = parse_datetime(sent) if sent else timezone.now()
    with transaction.atomic():
        newest = Tick.objects.create(at=at, beat=beat, worker=settings.POD_NAME)
        Tick.objects.filter(pk__lte=newest.pk - TICKS_KEPT).delete()
