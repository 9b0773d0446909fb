from unittest import mock

from django.db import OperationalError
from django.test import TestCase

from blog.health import Readiness
from notes.models import Note, Tick
from posts.models import Post


class HealthTest(TestCase):
    def setUp(self):
        Readiness.reached = False

    def test_ready_while_the_database_answers(self):
        self.assertEqual(self.client.get("/healthz/ready").status_code, 200)

    def test_live_but_not_ready_before_the_first_connection(self):
        with mock.patch("blog.health.connection.cursor", side_effect=OperationalError), self.assertLogs("blog.health"):
            self.assertEqual(self.client.get("/healthz/ready").status_code, 503)
            self.assertEqual(self.client.get("/healthz/live").status_code, 200)

    def test_stays_ready_when_the_database_fails_later(self):
        self.assertEqual(self.client.get("/healthz/ready").status_code, 200)
        with mock.patch("blog.health.connection.cursor", side_effect=OperationalError):
            self.assertEqual(self.client.get("/healthz/ready").status_code, 200)
            self.assertEqual(self.client.get("/healthz/database").status_code, 503)

    def test_ready_without_the_cache(self):
        with mock.patch("django.core.cache.cache.get", side_effect=ConnectionError):
            self.assertEqual(self.client.get("/healthz/ready").status_code, 200)
            self.assertEqual(self.client.get("/api/status").json()["cache"], "unreachable")

    def test_status_of_a_cache_that_returns_nothing(self):
        with mock.patch("django.core.cache.cache.set"), mock.patch("django.core.cache.cache.get", lambda key, default: default):
            self.assertEqual(self.client.get("/api/status").json()["cache"], "unreachable")


class StatusTest(TestCase):
    def test_status_counts_objects(self):
        Post.objects.create(title="One", body="text")
        Note.objects.create(text="x", status=Note.Status.DONE)
        Tick.objects.create(beat="beat-0", worker="worker-0")

        with self.settings(VERSION="plum", POD_NAME="web-7"):
            status = self.client.get("/api/status").json()

        self.assertEqual(
            {key: status[key] for key in ("version", "pod", "posts", "notes", "ticks", "beats", "cache")},
            {
                "version": "plum",
                "pod": "web-7",
                "posts": 1,
                "notes": {"queued": 0, "done": 1, "failed": 0},
                "ticks": 1,
                "beats": ["beat-0"],
                "cache": "ok",
            },
        )
        self.assertIn("posts.0001_initial", status["migrations"])
