"""GET /api/status: the state of the app, for people and tests."""
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notes.models import Note, Tick
from posts.models import Post

OWN_APPS = {"posts", "notes"}


@require_safe
@never_cache
def status(request):
    applied = MigrationRecorder(connection).applied_migrations()
    return JsonResponse(
        {
            "version": settings.VERSION,
            "pod": settings.POD_NAME,
            "posts": Post.objects.count(),
            "notes": {state: Note.objects.filter(status=state).count() for state in Note.Status.values},
            "ticks": Tick.objects.count(),
            "beats": sorted(set(Tick.objects.values_list("beat", flat=True))),
            "migrations": sorted(f"{app}.{name}" for app, name in applied if app in OWN_APPS),
            "cache": cache_state(),
        }
    )


def cache_state():
    try:
        # Memcached returns nothing instead of raising an error, so only a value that comes back shows that it answers.
        cache.set("status", "ok")
        return cache.get("status", "unreachable")
    except Exception:  # each cache library has its own errors, and none may break the page
        return "unreachable"
