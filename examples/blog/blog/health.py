"""What the cluster asks. Live: the process answers. Ready: it can serve a page, so its database answers too."""
import logging

from django.db import Error, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache

log = logging.getLogger(__name__)


@never_cache
def live(request):
    return JsonResponse({"live": True})


@never_cache
def ready(request):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        log.warning("not ready: the database does not answer: %s", type(error).__name__)
        return JsonResponse({"ready": False, "database": "unreachable"}, status=503)
    return JsonResponse({"ready": True, "database": "ok"})
