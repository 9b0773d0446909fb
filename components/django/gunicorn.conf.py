"""Gunicorn's configuration: the app's gunicorn.conf.py, if it has one, and a graceful stop of workers."""
import importlib.util
import os
import signal
import sys
import threading


def app_settings():
    """Return the settings of the gunicorn.conf.py that Gunicorn would read by default."""
    path = os.path.join(os.getcwd(), "gunicorn.conf.py")
    if not os.path.exists(path):
        return {}
    spec = importlib.util.spec_from_file_location("__app_config__", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


settings = app_settings()
globals().update(settings)
app_post_worker_init = settings.get("post_worker_init")

# Seconds in which a stopping worker closes its keep-alive connections.
DRAIN_SECONDS = {{.Seconds}}
# NGINX closes its keep-alive connections too while this file exists.
DRAIN_FILE = "{{.DrainFile}}"
if os.path.exists(DRAIN_FILE):
    os.remove(DRAIN_FILE)


def post_worker_init(worker):
    """Close keep-alive connections before a worker stops.

    The threads of a stopping worker finish their requests, and meanwhile answer no request on other connections. A load
    balancer sends nothing more by then. A client that connects through a Service, or through a load balancer of TCP
    connections, does not know that the worker stops.
    """
    if app_post_worker_init:
        app_post_worker_init(worker)
    # The other worker classes keep no connections, or close them themselves.
    if worker.cfg.worker_class_str != "gthread":
        return
    stop = signal.getsignal(signal.SIGTERM)

    def drain(number, frame):
        # From now on each response closes its connection, because no more may be kept. The setting keepalive stays: a
        # response that was begun before has promised to keep its connection, and with 0 the worker would close it at once.
        worker.max_keepalived = 0
        open(DRAIN_FILE, "w").close()
        threading.Timer(DRAIN_SECONDS, stop, (number, frame)).start()

    signal.signal(signal.SIGTERM, drain)
