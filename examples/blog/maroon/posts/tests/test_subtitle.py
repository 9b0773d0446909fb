from django.contrib.auth.models import User
from django.db import connection
from django.test import TestCase

from posts.models import Post


class SubtitleTest(TestCase):
    def test_a_post_is_written_and_shown_with_its_subtitle(self):
        self.client.force_login(User.objects.create_user("editor", is_staff=True))

        self.client.post("/write/", {"title": "Hello", "subtitle": "to the world", "body": "text"})

        self.assertContains(self.client.get("/"), "to the world")

    def test_the_previous_release_can_still_write(self):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO posts_post (title, body, published_at) VALUES ('Old', 'text', '2026-01-01')")

        self.assertIsNone(Post.objects.get().subtitle)
