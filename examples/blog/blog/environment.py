"""Reads environment variables. Each error names the variable with the mistake."""
import os
import sys

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def flag(name, default):
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={value!r}: true or false is allowed")
    return value in TRUE


def words(name):
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def seconds(name, default):
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}={value!r}: a whole number of seconds is allowed")
    return int(value)


def database(name, default):
    """Parses a URL such as postgres://user:password@host:5432/name into a setting for DATABASES."""
    url = os.environ.get(name)
    if not url:
        return default
    try:
        import environ
    except ImportError as error:
        raise ImproperlyConfigured(f"{name} is set, and reading it needs django-environ (requirements.txt)") from error

    settings = environ.Env.db_url_config(url)
    if "." not in settings.get("ENGINE", ""):
        # The URL contains a password, so the message must not repeat it.
        raise ImproperlyConfigured(f"{name} is not a database URL such as postgres://user:password@host:5432/name")
    settings |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if settings["ENGINE"].endswith("postgresql"):
        settings["ENGINE"] = "blog.postgresql"
        # With a slow database, pages should be slow but not fail, so libpq waits up to 20 s for a connection.
        settings.setdefault("OPTIONS", {}).setdefault("connect_timeout", 25)
    return settings


def cache(name):
    """Converts a URL, redis://… or pymemcache://…, into a setting for CACHES. That of Memcached may list several servers."""
    url = os.environ.get(name)
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if not url.startswith("pymemcache:"):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            # The server and its read replicas, if it has any: Django writes to the first and reads from the others.
            "LOCATION": os.environ.get("CACHE_LOCATION", url),
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    return {
        "BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache",
        "LOCATION": url.removeprefix("pymemcache://"),
        "OPTIONS": {
            # Without timeouts, a request waits for a server that does not answer. With ignore_exc, reading from it
            # returns nothing and writing to it has no effect, instead of an error.
            "connect_timeout": 0.5,
            "timeout": 1,
            "ignore_exc": True,
            # Ask such a server again after five seconds, as often as it takes. By default pymemcache gives it up after
            # two attempts, for a minute, and other servers get its keys, which are out of date when it returns.
            "retry_timeout": 5,
            "retry_attempts": sys.maxsize,
        },
    }
