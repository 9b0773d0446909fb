from django.conf import settings


def serving(request):
    """What every page shows: which release answers, and from which pod."""
    return {"version": settings.VERSION, "pod": settings.POD_NAME}
