from django.urls import path

from . import views

app_name = "notes"
urlpatterns = [
    path("", views.notes, name="list"),
    path("add", views.add, name="add"),
    path("<int:pk>.json", views.detail, name="detail"),
    path("ticks.json", views.ticks, name="ticks"),
]
