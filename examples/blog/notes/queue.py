import logging

from .models import Note
from .tasks import write_note

log = logging.getLogger(__name__)


def queue_note(text):
    """Hands a new note to the workers; its status is FAILED when the broker does not take it."""
    # The row is committed before the task is sent, so that no worker looks for it too early.
    note = Note.objects.create(text=text)
    try:
        write_note.delay(note.pk)
    except Exception as error:  # each broker library has errors of its own
        log.error("note %d is not queued: %s", note.pk, type(error).__name__)
        # The broker may have taken it all the same, and a worker been faster than this line.
        Note.objects.filter(pk=note.pk, status=Note.Status.QUEUED).update(status=Note.Status.FAILED)
    note.refresh_from_db()
    return note
