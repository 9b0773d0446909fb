from django.urls import path

from . import views

app_name = "posts"
urlpatterns = [
    path("", views.PostList.as_view(), name="list"),
    path("posts/<int:pk>/", views.PostDetail.as_view(), name="detail"),
    path("write/", views.PostWrite.as_view(), name="write"),
]
