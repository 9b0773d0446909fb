"""Django reads settings once, at start, so each test starts a separate Python process."""
import json
import os
import subprocess
import sys
from unittest import TestCase

from django.conf import settings

OPTIONAL = ("celery", "whitenoise", "environ", "redis", "psycopg", "gunicorn")
PRODUCTION = {"DJANGO_SECRET_KEY": "k" * 60 + "0123456789", "DJANGO_ALLOWED_HOSTS": "blog.example"}


def run(code, env, without=()):
    """Runs code with only these environment variables, as if the packages in `without` were not installed."""
    hidden = f"import sys; sys.modules.update({{name: None for name in {tuple(without)!r}}})\n"
    return subprocess.run(
        [sys.executable, "-c", hidden + code],
        cwd=settings.BASE_DIR,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "DJANGO_SETTINGS_MODULE": "blog.settings", **env},
        capture_output=True,
        text=True,
    )


def read(expression, **env):
    code = f"import json\nfrom django.conf import settings\nprint(json.dumps({expression}))"
    done = run(code, {**PRODUCTION, **env})
    if done.returncode:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


class SettingsTest(TestCase):
    def test_development_needs_only_django(self):
        done = run("import manage; sys.argv = ['manage.py', 'check']; manage.main()", {}, without=OPTIONAL)

        self.assertIn("no issues", done.stdout, done.stderr)

    def test_a_server_without_a_key_does_not_start(self):
        done = run("from blog.wsgi import application", {})

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("DJANGO_SECRET_KEY is missing", done.stderr)

    def test_production_passes_the_deployment_check(self):
        code = "import manage; sys.argv = 'manage.py check --deploy --fail-level ERROR'.split(); manage.main()"

        done = run(code, PRODUCTION)

        self.assertEqual(done.returncode, 0, done.stderr)

    def test_debug_and_insecure_cookies_are_off_by_default(self):
        switches = "[settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE]"

        self.assertEqual(read(switches), [False, True, True])
        self.assertEqual(read(switches, DJANGO_SECURE_COOKIES="false"), [False, False, False])

    def test_the_cache_is_what_its_url_names(self):
        cache = "[settings.CACHES['default'][key] for key in ('BACKEND', 'LOCATION')]"

        backend, location = read(cache, CACHE_URL="redis://:secret@cache:6379/0")
        self.assertEqual([backend.split(".")[-1], location], ["RedisCache", "redis://:secret@cache:6379/0"])
        servers = "redis://:secret@cache:6379/0,redis://:secret@copy:6379/0"
        backend, location = read(cache, CACHE_URL="redis://:secret@cache:6379/0", CACHE_LOCATION=servers)
        self.assertEqual([backend.split(".")[-1], location], ["RedisCache", servers])
        backend, location = read(cache, CACHE_URL="pymemcache://one:11211,two:11211")
        self.assertEqual([backend.split(".")[-1], location], ["PyMemcacheCache", "one:11211,two:11211"])

    def test_an_invalid_flag_is_reported_by_name(self):
        done = run("from blog import settings", {**PRODUCTION, "DJANGO_SECURE_COOKIES": "of"})

        self.assertIn("DJANGO_SECURE_COOKIES='of': true or false is allowed", done.stderr)

    def test_static_files_are_served_below_a_path(self):
        prefix = "__import__('whitenoise.middleware').middleware.WhiteNoiseMiddleware(lambda request: None).static_prefix"
        code = f"import django, json; django.setup(); print(json.dumps({prefix}))"
        done = run(code, {**PRODUCTION, "STATIC_URL": "/shop/static/", "DJANGO_FORCE_SCRIPT_NAME": "/shop"})
        if "No module named" in done.stderr:
            self.skipTest("WhiteNoise is not installed")

        self.assertEqual(json.loads(done.stdout), "/static/", done.stderr)

    def test_hosts_and_origins_are_lists(self):
        hosts = read("settings.ALLOWED_HOSTS", DJANGO_ALLOWED_HOSTS="a.example, b.example", POD_IP="10.0.0.7")
        origins = read("settings.CSRF_TRUSTED_ORIGINS", DJANGO_CSRF_TRUSTED_ORIGINS="https://a.example")

        self.assertEqual((hosts, origins), (["a.example", "b.example", "10.0.0.7"], ["https://a.example"]))

    def test_tasks_run_synchronously_only_without_a_broker(self):
        self.assertTrue(read("settings.CELERY_TASK_ALWAYS_EAGER"))
        self.assertFalse(read("settings.CELERY_TASK_ALWAYS_EAGER", CELERY_BROKER_URL="redis://broker:6379/0"))

    def test_a_database_url_without_django_environ_is_rejected(self):
        env = {**PRODUCTION, "DATABASE_URL": "postgres://user:s3cret@db:5432/blog"}

        done = run("from blog import settings", env, without=["environ"])

        self.assertIn("DATABASE_URL is set, and reading it needs django-environ", done.stderr)
        self.assertNotIn("s3cret", done.stderr)


class DatabaseURLTest(TestCase):
    def setUp(self):
        try:
            import environ  # noqa: F401
        except ImportError:
            self.skipTest("django-environ is not installed")

    def test_a_database_url_is_parsed(self):
        database = read("settings.DATABASES['default']", DATABASE_URL="postgres://user:p%40ss@db:5433/blog")

        self.assertEqual(database["ENGINE"], "blog.postgresql")
        self.assertEqual([database[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")],
                         ["user", "p@ss", "db", 5433, "blog"])
        self.assertTrue(database["CONN_HEALTH_CHECKS"])

    def test_the_error_of_a_wrong_database_url_hides_the_password(self):
        done = run("from blog import settings", {**PRODUCTION, "DATABASE_URL": "posgres://user:s3cret@db/blog"})

        self.assertIn("DATABASE_URL is not a database URL", done.stderr)
        self.assertNotIn("s3cret", done.stderr)
