"""What gunicorn needs of this app; GUNICORN_CMD_ARGS and the command line have the last word."""
import os
import signal
import socket
import threading
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

# Seconds of the graceful timeout, which is above the longest request by more than that.
LAST_ORDERS = 2


def post_worker_init(worker):
    """Before a worker stops, it asks the clients of connections that are kept open to open new ones.

    The threads of a worker that stops end the requests that they have, and meanwhile leave everything unanswered that
    comes on other connections. A load balancer sends nothing more by then, but a client that came through nothing but a
    Service, or a balancer of connections, knows of no end.
    """

    def last_orders(number, frame):
        # From now on each answer says that its connection is closed.
        worker.cfg.set("keepalive", 0)
        threading.Timer(LAST_ORDERS, worker.handle_exit, (number, frame)).start()

    signal.signal(signal.SIGTERM, last_orders)
