from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse, JsonResponse
from django.urls import path


def photos(request):
    if request.method == "POST":
        default_storage.save(request.GET["name"], ContentFile(request.body))
    return JsonResponse({"photos": sorted(default_storage.listdir("")[1])})


def ready(request):
    return HttpResponse("ready")


urlpatterns = [path("api/photos", photos), path("healthz/ready", ready)]
