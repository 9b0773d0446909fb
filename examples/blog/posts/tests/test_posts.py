from unittest import mock

from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client, TestCase
from django.urls import reverse

from posts.models import Post


class ReadingTest(TestCase):
    def setUp(self):
        cache.clear()

    def test_the_list_shows_the_newest_post_first(self):
        Post.objects.create(title="Older", body="one")
        Post.objects.create(title="Newer", body="two")

        page = self.client.get("/").content.decode()

        self.assertLess(page.index("Newer"), page.index("Older"))

    def test_eleven_posts_are_two_pages(self):
        for number in range(11):
            Post.objects.create(title=f"Post {number:02}", body="text")

        self.assertNotContains(self.client.get("/"), "Post 00")
        self.assertContains(self.client.get("/?page=2"), "Post 00")

    def test_a_post_is_shown_with_markup_escaped(self):
        post = Post.objects.create(title="<b>bold</b>", body="first\n\nsecond")

        response = self.client.get(post.get_absolute_url())

        self.assertContains(response, "&lt;b&gt;bold&lt;/b&gt;")
        self.assertContains(response, "<p>second</p>", html=True)

    def test_an_unknown_post_is_not_found(self):
        self.assertContains(self.client.get("/posts/1/"), "Nothing here", status_code=404)

    def test_every_page_shows_release_and_pod(self):
        with self.settings(VERSION="plum", POD_NAME="web-7"):
            for path in ("/", "/notes/"):
                self.assertContains(self.client.get(path), '<strong id="version">plum</strong>', html=True)
                self.assertContains(self.client.get(path), '<code id="pod">web-7</code>', html=True)

    def test_reads_are_counted(self):
        post = Post.objects.create(title="Read me", body="text")

        self.client.get(post.get_absolute_url())

        self.assertContains(self.client.get(post.get_absolute_url()), "Read 2 times")

    def test_a_page_works_without_the_cache(self):
        post = Post.objects.create(title="Read me", body="text")

        with mock.patch("posts.reads.cache.add", side_effect=ConnectionError), self.assertLogs("posts.reads"):
            response = self.client.get(post.get_absolute_url())

        self.assertContains(response, "Read me")

    def test_a_page_works_without_memcached(self):
        post = Post.objects.create(title="Read me", body="text")

        with mock.patch("posts.reads.cache.add", return_value=False), mock.patch("posts.reads.cache.incr", return_value=False):
            response = self.client.get(post.get_absolute_url())

        self.assertContains(response, "Read me")
        self.assertNotContains(response, "False")


class WritingTest(TestCase):
    def setUp(self):
        self.editor = User.objects.create_user("editor", password="a secret", is_staff=True)

    def test_anonymous_users_must_sign_in(self):
        response = self.client.post("/write/", {"title": "Spam", "body": "spam"})

        self.assertRedirects(response, "/admin/login/?next=/write/")
        self.assertFalse(Post.objects.exists())

    def test_staff_can_write_a_post(self):
        browser = Client(enforce_csrf_checks=True)
        browser.get("/admin/login/")
        signed_in = browser.post(
            "/admin/login/?next=/write/",
            {"username": "editor", "password": "a secret", "csrfmiddlewaretoken": browser.cookies["csrftoken"].value},
        )
        self.assertRedirects(signed_in, "/write/")

        response = browser.post(
            reverse("posts:write"),
            {"title": "Hello", "body": "World", "csrfmiddlewaretoken": browser.cookies["csrftoken"].value},
        )

        post = Post.objects.get()
        self.assertRedirects(response, post.get_absolute_url())
        self.assertEqual((post.title, post.body, post.author), ("Hello", "World", self.editor))

    def test_a_form_without_csrf_token_is_rejected(self):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(self.editor)

        response = browser.post("/write/", {"title": "Hello", "body": "World"})

        self.assertEqual(response.status_code, 403)
        self.assertFalse(Post.objects.exists())

    def test_an_empty_post_is_rejected(self):
        self.client.force_login(self.editor)

        response = self.client.post("/write/", {"title": "", "body": ""})

        self.assertContains(response, "This field is required")
        self.assertFalse(Post.objects.exists())
