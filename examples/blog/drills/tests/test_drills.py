from django.test import TestCase, override_settings
from django.urls import include, path

urlpatterns = [path("drills/", include("drills.urls"))]


class ClosedTest(TestCase):
    def test_drills_do_not_exist_by_default(self):
        self.assertEqual(self.client.post("/drills/a/entries/1").status_code, 404)


@override_settings(ROOT_URLCONF=__name__)
class DrillsTest(TestCase):
    def test_an_accepted_request_writes_its_row(self):
        self.assertEqual(self.client.post("/drills/a/entries/1").status_code, 201)
        self.client.post("/drills/b/entries/1")

        self.assertEqual(self.client.get("/drills/a/entries").json(), {"keys": ["1"]})

    def test_the_ledger_counts_queued_and_completed_tasks(self):
        answer = self.client.post("/drills/a/tasks?count=3&shortest=0&longest=0.02")

        self.assertEqual((answer.status_code, answer.json()), (202, {"enqueued": 3}))
        ledger = self.client.get("/drills/a/ledger").json()
        self.assertEqual(
            (ledger["enqueued"], ledger["done"], ledger["started"], ledger["repeated"], ledger["interrupted"]),
            (3, 3, 3, 0, 0),
        )
