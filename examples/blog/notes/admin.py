from django.contrib import admin

from .models import Note, Tick


class ReadOnlyAdmin(admin.ModelAdmin):
    """Workers write these rows, so the admin only shows them."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    list_display = ["text", "status", "queued_at", "done_at", "worker", "runs"]
    list_filter = ["status"]


@admin.register(Tick)
class TickAdmin(ReadOnlyAdmin):
    list_display = ["at", "beat", "worker"]
