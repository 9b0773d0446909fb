from collections import Counter

from django.http import HttpResponse, JsonResponse
from django.urls import path
from tasks_database.backend import default_backend
from tasks_database.models import DBTaskResult


def tasks(request):
    if request.method == "POST":
        for _ in range(int(request.GET["count"])):
            default_backend().enqueue("notices.tasks.send", request.GET["queue"], float(request.GET["seconds"]))
    return JsonResponse(Counter(f"{task.queue_name} {task.status}" for task in DBTaskResult.objects.all()))


def ready(request):
    return HttpResponse("ready")


urlpatterns = [path("tasks", tasks), path("healthz/ready", ready)]
