"""Gunicorn's configuration: the app's own gunicorn.conf.py where it has one, and how a worker stops."""
import importlib.util
import os
import signal
import sys
import threading


def the_apps_own():
    """What Gunicorn reads of the app when it is told of no other file."""
    path = os.path.join(os.getcwd(), "gunicorn.conf.py")
    if not os.path.exists(path):
        return {}
    spec = importlib.util.spec_from_file_location("__app_config__", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


own = the_apps_own()
globals().update(own)
own_post_worker_init = own.get("post_worker_init")

# Seconds in which the clients of kept connections learn of the end.
LAST_ORDERS = {{.Seconds}}
# NGINX in front tells its own clients while this file is there.
SIGN = "{{.Sign}}"
if os.path.exists(SIGN):
    os.remove(SIGN)


def post_worker_init(worker):
    """Before a worker stops, it asks the clients of connections that are kept open to open new ones.

    The threads of a worker that stops end the requests that they have, and meanwhile leave everything unanswered that
    comes on other connections. A load balancer sends nothing more by then, but a client that came through nothing but a
    Service, or a balancer of connections, knows of no end.
    """
    if own_post_worker_init:
        own_post_worker_init(worker)
    # The other classes keep no connection, or end them in a way of their own.
    if worker.cfg.worker_class_str != "gthread":
        return
    stop = signal.getsignal(signal.SIGTERM)

    def last_orders(number, frame):
        # From now on each answer says that its connection is closed.
        worker.cfg.set("keepalive", 0)
        open(SIGN, "w").close()
        threading.Timer(LAST_ORDERS, stop, (number, frame)).start()

    signal.signal(signal.SIGTERM, last_orders)
