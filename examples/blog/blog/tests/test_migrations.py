from django.core.management import call_command
from django.test import TestCase


class MigrationsTest(TestCase):
    def test_models_and_migrations_agree(self):
        call_command("makemigrations", "--check", "--dry-run", verbosity=0)
