from django.conf import settings


def serving(request):
    """The release and the pod that serve the request, which every page shows."""
    return {"version": settings.VERSION, "pod": settings.POD_NAME}
