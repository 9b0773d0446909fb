from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks_database"
    label = "django_tasks_database"
    default_auto_field = "django.db.models.BigAutoField"
