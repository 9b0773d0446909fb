"""All settings come from environment variables. `manage.py runserver` needs none of them (see README.md)."""
import importlib.util
import os
import socket
import ssl
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .environment import cache, database, flag, seconds, words

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = (BASE_DIR / "VERSION").read_text().strip()
POD_NAME = os.environ.get("POD_NAME") or socket.gethostname()

DEBUG = flag("DJANGO_DEBUG", default=False)
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("DJANGO_SECRET_KEY is missing: set it, or DJANGO_DEBUG=true to develop")
    SECRET_KEY = "django-insecure-for-development-only"

ALLOWED_HOSTS = words("DJANGO_ALLOWED_HOSTS") + words("POD_IP")
CSRF_TRUSTED_ORIGINS = words("DJANGO_CSRF_TRUSTED_ORIGINS")

ROOT_URLCONF = "blog.urls"
WSGI_APPLICATION = "blog.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "blog",
    "posts",
    "notes",
    "drills",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "blog.context.serving",
            ]
        },
    }
]

# Data ---------------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": database(
        "DATABASE_URL", default={"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}
    )
}
# In transaction pooling mode, a server-side cursor does not survive the transaction.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = os.environ.get("DATABASE_POOLING") == "transaction"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The cache is optional: if it does not answer within one second, the page works without it.
CACHES = {"default": cache("CACHE_URL") | {"KEY_PREFIX": "blog"}}

# Background work ----------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or None
CELERY_RESULT_BACKEND = os.environ.get("CELERY_RESULT_BACKEND") or None
CELERY_TASK_ALWAYS_EAGER = CELERY_BROKER_URL is None
if os.environ.get("CELERY_TASK_DEFAULT_QUEUE_TYPE"):
    # RabbitMQ. Celery must know of quorum queues, and reads no file of certificates from a URL with amqps.
    CELERY_TASK_DEFAULT_QUEUE_TYPE = os.environ["CELERY_TASK_DEFAULT_QUEUE_TYPE"]
if CELERY_BROKER_URL and CELERY_BROKER_URL.startswith("amqps:") and "CELERY_BROKER_CA_FILE" in os.environ:
    CELERY_BROKER_USE_SSL = {
        "ca_certs": os.environ["CELERY_BROKER_CA_FILE"],
        "cert_reqs": ssl.CERT_REQUIRED,
        "server_hostname": None,  # that of the URL
    }
# With early acknowledgement, a task is lost if its worker dies. Load tests turn this off to show the loss.
CELERY_TASK_ACKS_LATE = flag("BLOG_ACKNOWLEDGE_LATE", default=True)
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_TIME_LIMIT = 60
CELERY_RESULT_EXPIRES = 3600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Redis delivers a task again if it is not acknowledged within this time, so it must exceed the task's time limit.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": seconds("CELERY_VISIBILITY_TIMEOUT", default=300),
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "notes.tasks.tick",
        "schedule": seconds("BLOG_TICK_SECONDS", default=20),
        # The scheduler's process reads this setting, so each tick names the scheduler that sent it.
        "kwargs": {"beat": POD_NAME},
    }
}

# Whether the pages for load tests exist (see drills/).
DRILLS = flag("BLOG_DRILLS", default=False)

# Web ----------------------------------------------------------------------------------------------------------------

# The path that the app is below, if any. WhiteNoise takes it off STATIC_URL, since the server takes it off the requests.
FORCE_SCRIPT_NAME = os.environ.get("DJANGO_FORCE_SCRIPT_NAME") or None
STATIC_URL = os.environ.get("STATIC_URL", "/static/")
STATIC_ROOT = os.environ.get("STATIC_ROOT", BASE_DIR / "static")
if not DEBUG and importlib.util.find_spec("whitenoise"):
    MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

# False only if users sign in over plain HTTP, for example on http://127.0.0.1:8000.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("DJANGO_SECURE_COOKIES", default=not DEBUG)
SECURE_SSL_REDIRECT = flag("DJANGO_SSL_REDIRECT", default=False)
SECURE_HSTS_SECONDS = seconds("DJANGO_HSTS_SECONDS", default=0)
if not DEBUG:
    # The ingress or load balancer sets this header and removes the client's.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
LOGIN_URL = "admin:login"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Logs ---------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "blog.logs.JSONFormatter", "version": VERSION, "pod": POD_NAME},
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain" if DEBUG else "json"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"level": "INFO"},
        "django.server": {"handlers": ["console"], "propagate": False},
    },
}
