import logging

from .models import Note
from .tasks import write_note

log = logging.getLogger(__name__)


def queue_note(text):
    """Queues a new note for the workers. Its status is FAILED if the broker does not accept the task."""
    # The row is committed before the task is sent, so that the worker finds it.
    note = Note.objects.create(text=text)
    try:
        write_note.delay(note.pk)
    except Exception as error:  # each broker library has its own errors
        log.error("note %d is not queued: %s", note.pk, type(error).__name__)
        # The broker may have accepted the task despite the error, and a worker may have completed it already.
        Note.objects.filter(pk=note.pk, status=Note.Status.QUEUED).update(status=Note.Status.FAILED)
    note.refresh_from_db()
    return note
