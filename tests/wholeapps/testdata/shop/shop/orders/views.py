from django.db import transaction
from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt

from .models import Order
from .tasks import ship


@csrf_exempt
def orders(request):
    if request.method == "POST":
        for _ in range(int(request.GET["count"])):
            number = Order.objects.create().pk
            transaction.on_commit(lambda number=number: ship.delay(number, float(request.GET["seconds"])))
    return JsonResponse({"taken": Order.objects.count(), "shipped": Order.objects.filter(shipped__gt=0).count()})
