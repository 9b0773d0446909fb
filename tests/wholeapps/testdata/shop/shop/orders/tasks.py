import time

from celery import shared_task
from django.db.models import F

from .models import Order


@shared_task
def ship(number, seconds):
    time.sleep(seconds)
    Order.objects.filter(pk=number).update(shipped=F("shipped") + 1)
