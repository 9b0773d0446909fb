from archive.models import Loan
from books.models import Book
from django.http import HttpResponse, JsonResponse


def shelf(request):
    return JsonResponse({
        "books": [book.title for book in Book.objects.order_by("pk")],
        "loans": [loan.title for loan in Loan.objects.order_by("pk")],
        "fields": sorted(f"{model.__name__}.{field.name}" for model in (Book, Loan) for field in model._meta.fields),
    })


def ready(request):
    return HttpResponse("ready")
