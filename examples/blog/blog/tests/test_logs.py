import json
import logging
import sys
from unittest import TestCase

from blog.logs import JSONFormatter, WithoutHealthChecks


def access(path, status="200"):
    atoms = {"m": "GET", "U": path, "s": status, "L": "0.01", "B": "5", "a": "curl"}
    return logging.makeLogRecord({"name": "gunicorn.access", "msg": "%(m)s %(U)s %(s)s", "args": atoms})


class LogsTest(TestCase):
    formatter = JSONFormatter(version="orange", pod="web-7")

    def test_an_error_is_one_line_with_its_traceback(self):
        try:
            raise ValueError("broken\nin two lines")
        except ValueError:
            record = logging.makeLogRecord({"msg": "failed: %s", "args": ("x",), "exc_info": sys.exc_info()})

        line = self.formatter.format(record)

        self.assertNotIn("\n", line)
        fields = json.loads(line)
        self.assertEqual((fields["message"], fields["version"], fields["pod"]), ("failed: x", "orange", "web-7"))
        self.assertIn("ValueError: broken", fields["exception"])

    def test_a_request_is_logged_with_its_own_fields(self):
        fields = json.loads(self.formatter.format(access("/posts/1/")))

        self.assertEqual((fields["method"], fields["path"], fields["status"]), ("GET", "/posts/1/", "200"))

    def test_only_successful_health_checks_are_removed(self):
        health_filter = WithoutHealthChecks()

        self.assertFalse(health_filter.filter(access("/healthz/ready")))
        self.assertTrue(health_filter.filter(access("/healthz/ready", status="503")))
        self.assertTrue(health_filter.filter(access("/")))
