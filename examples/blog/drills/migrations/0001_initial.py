from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.CharField(db_index=True, max_length=40)),
                ("key", models.CharField(max_length=80, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("run", models.CharField(db_index=True, max_length=40)),
                ("seconds", models.FloatField()),
                ("started", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
