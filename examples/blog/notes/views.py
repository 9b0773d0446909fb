from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.forms import modelform_factory
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .models import Note, Tick
from .queue import queue_note

NoteForm = modelform_factory(Note, fields=["text"])
SHOWN = 20


def page(request, form, status=200):
    shown = {"form": form, "notes": Note.objects.all()[:SHOWN], "ticks": Tick.objects.all()[:5]}
    return render(request, "notes/notes.html", shown, status=status)


@require_safe
def notes(request):
    return page(request, NoteForm())


@require_POST
@staff_member_required(login_url="admin:login")
def add(request):
    form = NoteForm(request.POST)
    if not form.is_valid():
        return page(request, form, status=400)
    note = queue_note(form.cleaned_data["text"])
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(note.as_json(), status=503 if note.status == Note.Status.FAILED else 202)
    if note.status == Note.Status.FAILED:
        messages.error(request, "The queue is not reachable; please try again.")
    else:
        messages.success(request, f"Note {note.pk} is queued.")
    return redirect("notes:list")


@require_safe
@never_cache
def detail(request, pk):
    return JsonResponse(get_object_or_404(Note, pk=pk).as_json())


@require_safe
@never_cache
def ticks(request):
    return JsonResponse({"ticks": [tick.as_json() for tick in Tick.objects.all()]})
