"""What this release knows of a post beyond its title and body: a subtitle."""
from django.db import models


class ReleaseFields(models.Model):
    # Null, because pods of the release before go on writing posts, without a subtitle, while this one is rolled out.
    subtitle = models.CharField(max_length=200, null=True, blank=True)

    form_fields = ("subtitle",)

    class Meta:
        abstract = True
