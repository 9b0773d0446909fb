from unittest import mock

from django.contrib.auth.models import User
from django.test import TestCase

from notes.models import Note, Tick
from notes.tasks import TICKS_KEPT, tick, write_note


class QueueTest(TestCase):
    def setUp(self):
        self.client.force_login(User.objects.create_user("editor", is_staff=True))

    def test_anonymous_users_cannot_queue(self):
        self.client.logout()

        self.assertRedirects(self.client.post("/notes/add", {"text": "x"}), "/admin/login/?next=/notes/add")
        self.assertFalse(Note.objects.exists())

    def test_the_task_completes_a_queued_note(self):
        with self.settings(POD_NAME="worker-1"):
            response = self.client.post("/notes/add", {"text": "buy milk"}, follow=True)

        self.assertContains(response, "buy milk")
        note = Note.objects.get()
        self.assertEqual((note.status, note.worker, note.runs), ("done", "worker-1", 1))

    def test_a_client_that_accepts_json_gets_json(self):
        answer = self.client.post("/notes/add", {"text": "buy milk"}, headers={"Accept": "application/json"})

        self.assertEqual(answer.status_code, 202)
        self.assertEqual(self.client.get(f"/notes/{answer.json()['id']}.json").json()["text"], "buy milk")

    def test_a_broker_failure_is_reported(self):
        with mock.patch("notes.queue.write_note.delay", side_effect=ConnectionError), self.assertLogs("notes.queue"):
            answer = self.client.post("/notes/add", {"text": "x"}, headers={"Accept": "application/json"})

        self.assertEqual((answer.status_code, answer.json()["status"]), (503, "failed"))

    def test_an_empty_note_is_rejected(self):
        self.assertContains(self.client.post("/notes/add"), "This field is required", status_code=400)

    def test_a_task_that_runs_twice_is_counted(self):
        note = Note.objects.create(text="x")

        write_note(note.pk)
        write_note(note.pk)

        note.refresh_from_db()
        self.assertEqual((note.status, note.runs), ("done", 2))


class TickTest(TestCase):
    def test_a_tick_names_its_scheduler(self):
        tick(beat="beat-0")

        self.assertEqual(self.client.get("/notes/ticks.json").json()["ticks"][0]["beat"], "beat-0")

    def test_the_time_of_a_tick_is_when_it_was_sent(self):
        tick(beat="beat-0", sent="2026-11-20T08:00:00+00:00")

        self.assertEqual(self.client.get("/notes/ticks.json").json()["ticks"][0]["at"], "2026-11-20T08:00:00Z")

    def test_old_ticks_are_deleted(self):
        for _ in range(TICKS_KEPT + 5):
            tick(beat="beat-0")

        self.assertEqual(Tick.objects.count(), TICKS_KEPT)
