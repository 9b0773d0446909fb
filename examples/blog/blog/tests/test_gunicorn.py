import runpy
import signal
from unittest import TestCase, mock

from django.conf import settings


class LastOrdersTest(TestCase):
    def test_a_worker_closes_kept_connections_before_it_stops(self):
        configuration = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))
        worker = mock.Mock()

        with mock.patch("signal.signal") as installed:
            configuration["post_worker_init"](worker)
        number, handler = installed.call_args.args
        with mock.patch("threading.Timer") as timer:
            handler(number, None)

        self.assertEqual(number, signal.SIGTERM)
        worker.cfg.set.assert_called_once_with("keepalive", 0)
        worker.handle_exit.assert_not_called()
        timer.assert_called_once_with(2, worker.handle_exit, (signal.SIGTERM, None))
        timer.return_value.start.assert_called_once_with()
