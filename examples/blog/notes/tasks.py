from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from blog.background import background

from .models import Note, Tick

TICKS_KEPT = 100


@background
def write_note(note_id):
    """Marks the note as done. Running twice is harmless, and counted."""
    Note.objects.filter(pk=note_id).update(
        status=Note.Status.DONE,
        done_at=timezone.now(),
        worker=settings.POD_NAME,
        runs=F("runs") + 1,
    )


@background
def tick(beat):
    """Writes down one beat of the scheduler, and forgets the oldest."""
    with transaction.atomic():
        newest = Tick.objects.create(beat=beat, worker=settings.POD_NAME)
        Tick.objects.filter(pk__lte=newest.pk - TICKS_KEPT).delete()
