"""Pages for load tests. They need no login, so they exist only with BLOG_DRILLS=true."""
import time

from django.conf import settings
from django.db.models import F, Sum
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from .models import Entry, Job
from .tasks import work


@csrf_exempt
@require_POST
def write(request, run, key):
    """Waits for some seconds, writes a row and then answers."""
    time.sleep(float(request.GET.get("seconds", 0)))
    Entry.objects.create(run=run, key=f"{run}-{key}")
    return JsonResponse({"pod": settings.POD_NAME, "version": settings.VERSION}, status=201)


@require_safe
@never_cache
def entries(request, run):
    written = Entry.objects.filter(run=run).values_list("key", flat=True)
    return JsonResponse({"keys": [key.removeprefix(f"{run}-") for key in written]})


@csrf_exempt
@require_POST
def enqueue(request, run):
    """Queues tasks whose durations increase evenly from the shortest to the longest."""
    count = int(request.GET["count"])
    shortest, longest = float(request.GET["shortest"]), float(request.GET["longest"])
    step = (longest - shortest) / max(count - 1, 1)
    # All rows are committed before the first task is sent, so that every worker finds its row.
    jobs = Job.objects.bulk_create(Job(run=run, seconds=shortest + step * number) for number in range(count))
    for job in jobs:
        work.delay(job.pk, job.seconds)
    return JsonResponse({"enqueued": len(jobs)}, status=202)


@require_safe
@never_cache
def ledger(request, run):
    jobs = Job.objects.filter(run=run)
    return JsonResponse(
        {
            "enqueued": jobs.count(),
            "done": jobs.filter(done__gt=0).count(),
            "started": jobs.aggregate(total=Sum("started"))["total"] or 0,
            "repeated": jobs.filter(done__gt=1).count(),
            "interrupted": jobs.filter(started__gt=F("done")).count(),
            **queues(),
        }
    )


def queues():
    """The number of messages that wait at the broker, and of messages that workers have not acknowledged."""
    if not settings.CELERY_BROKER_URL:
        return {"waiting": 0, "unacknowledged": 0}
    from celery import current_app

    with current_app.connection_for_read() as connection:
        channel = connection.default_channel
        if connection.transport.driver_type == "amqp":
            waiting = channel.queue_declare(current_app.conf.task_default_queue, passive=True).message_count
            # RabbitMQ tells a client how many messages are ready, not how many a worker has.
            return {"waiting": waiting, "unacknowledged": 0}
        return {
            "waiting": channel.client.llen(current_app.conf.task_default_queue),
            "unacknowledged": channel.client.hlen(channel.unacked_key),
        }
