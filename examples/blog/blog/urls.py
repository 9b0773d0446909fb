from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from . import health, status

urlpatterns = [
    path("", include("posts.urls")),
    path("notes/", include("notes.urls")),
    path("api/status", status.status, name="status"),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("healthz/database", health.database, name="database"),
    path("admin/", admin.site.urls),
]
if settings.DRILLS:
    urlpatterns.append(path("drills/", include("drills.urls")))
