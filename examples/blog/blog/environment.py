"""Reads environment variables. Each error names the variable with the mistake."""
import os

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
