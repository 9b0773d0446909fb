"""Gunicorn's configuration for this app. GUNICORN_CMD_ARGS and the command line override it."""
import os
import socket
from pathlib import Path

version = (Path(__file__).parent / "VERSION").read_text().strip()

accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no-health-checks": {"()": "blog.logs.WithoutHealthChecks"}},
    "formatters": {
        "json": {
            "()": "blog.logs.JSONFormatter",
            "version": version,
            "pod": os.environ.get("POD_NAME") or socket.gethostname(),
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {
            "handlers": ["console"],
            "filters": ["no-health-checks"],
            "level": "INFO",
            "propagate": False,
        },
    },
}
