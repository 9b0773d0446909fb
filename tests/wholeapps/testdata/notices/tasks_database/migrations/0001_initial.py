import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "DBTaskResult",
            [
                ("id", models.UUIDField(primary_key=True, serialize=False, default=uuid.uuid4)),
                ("status", models.CharField(max_length=10, default="READY")),
                ("queue_name", models.CharField(max_length=32, default="default")),
                ("run_after", models.DateTimeField(null=True)),
                ("enqueued_at", models.DateTimeField(auto_now_add=True)),
                ("task_path", models.TextField()),
                ("args_kwargs", models.JSONField()),
            ],
        ),
    ]
