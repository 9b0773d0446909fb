"""What this release knows of a post beyond its title and body: nothing yet. maroon/ holds the next release."""
from django.db import models


class ReleaseFields(models.Model):
    form_fields = ()

    class Meta:
        abstract = True
