from django.db import migrations

NAME = "posts_post_subtitle"


def create(apps, schema_editor):
    # SQLite has no concurrent indexes.
    how = "CONCURRENTLY" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"CREATE INDEX {how} {NAME} ON posts_post (subtitle)")


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    # PostgreSQL builds no concurrent index in a transaction.
    atomic = False
    dependencies = [("posts", "0002_post_subtitle")]

    operations = [migrations.RunPython(create, drop)]
