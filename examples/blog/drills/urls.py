from django.urls import path

from . import views

app_name = "drills"
urlpatterns = [
    path("<slug:run>/entries", views.entries, name="entries"),
    path("<slug:run>/entries/<slug:key>", views.write, name="write"),
    path("<slug:run>/tasks", views.enqueue, name="enqueue"),
    path("<slug:run>/ledger", views.ledger, name="ledger"),
]
