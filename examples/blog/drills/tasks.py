import time

from django.db.models import F

from blog.background import background

from .models import Job


@background
def work(job_id, seconds):
    """Sleeps, and records its start and its end."""
    Job.objects.filter(pk=job_id).update(started=F("started") + 1)
    time.sleep(seconds)
    Job.objects.filter(pk=job_id).update(done=F("done") + 1)
