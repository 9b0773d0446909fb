"""Django's PostgreSQL backend, which tries again while the server does not accept connections.

A server that moves to another node refuses connections for some seconds. A request that waits for it is slow; one that
gives up at once has failed.
"""
import time

from django.db.backends.postgresql import base

PAUSE_SECONDS = 0.5


class DatabaseWrapper(base.DatabaseWrapper):
    # Less than the time that a request may take.
    patience_seconds = 15

    def get_new_connection(self, conn_params):
        gives_up = time.monotonic() + self.patience_seconds
        while True:
            try:
                return super().get_new_connection(conn_params)
            except self.Database.OperationalError as error:
                # A server that refuses the password or the certificate will refuse it again.
                if time.monotonic() >= gives_up or not passing(error):
                    raise
            time.sleep(PAUSE_SECONDS)


def passing(error):
    """Whether another try may succeed: the server cannot be reached, or it is starting or stopping."""
    text = str(error)
    return any(part in text for part in ("refused", "starting up", "shutting down", "closed the connection", "recovery mode"))
