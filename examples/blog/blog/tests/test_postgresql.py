import importlib.util
from unittest import TestCase, mock, skipUnless

INSTALLED = importlib.util.find_spec("psycopg") is not None


@skipUnless(INSTALLED, "psycopg is not installed")
class ConnectionTest(TestCase):
    def connects(self, *outcomes, patience=15):
        """Connects to a server that answers in these ways, one after the other, and returns the number of tries."""
        from django.db.backends.postgresql import base as django
        from blog.postgresql import base

        wrapper = base.DatabaseWrapper({"NAME": "blog"}, "default")
        wrapper.patience_seconds = patience
        with (
            mock.patch.object(django.DatabaseWrapper, "get_new_connection", side_effect=outcomes) as tries,
            mock.patch.object(base.time, "sleep"),
        ):
            try:
                wrapper.get_new_connection({})
            except wrapper.Database.OperationalError:
                return -tries.call_count
        return tries.call_count

    def error(self, text):
        from psycopg import OperationalError

        return OperationalError(text)

    def test_a_server_that_starts_is_asked_again(self):
        refused = self.error("connection failed: Connection refused")

        self.assertEqual(self.connects(refused, self.error("FATAL: the database system is starting up"), object()), 3)

    def test_a_wrong_password_is_not_tried_again(self):
        self.assertEqual(self.connects(self.error("password authentication failed"), object()), -1)

    def test_a_request_does_not_wait_for_ever(self):
        self.assertEqual(self.connects(self.error("Connection refused"), object(), patience=0), -1)
