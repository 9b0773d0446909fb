"""Health checks for the cluster's probes.

Live: the process answers. Ready: the process has connected to its database once. A later failure of the database
affects all pods alike, and if all of them became unready, the site would serve no pages at all instead of slow ones.
/healthz/database reports the current state of the database.
"""
import logging

from django.db import Error, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache

log = logging.getLogger(__name__)


class Readiness:
    """Whether this process has connected to its database since it started."""

    reached = False


@never_cache
def live(request):
    return JsonResponse({"live": True})


@never_cache
def ready(request):
    if Readiness.reached:
        return JsonResponse({"ready": True})
    error = database_error()
    if error:
        log.warning("not ready: the database does not answer: %s", type(error).__name__)
        return JsonResponse({"ready": False, "database": "unreachable"}, status=503)
    Readiness.reached = True
    return JsonResponse({"ready": True, "database": "ok"})


@never_cache
def database(request):
    error = database_error()
    if error:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})


def database_error():
    """Returns the error of a query, or None if it succeeds."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return error
    return None
