"""Fields that this release adds to a post: a subtitle."""
from django.db import models


class ReleaseFields(models.Model):
    # Nullable, because pods of the previous release still write posts, without a subtitle, during the rollout.
    subtitle = models.CharField(max_length=200, null=True, blank=True)

    form_fields = ("subtitle",)

    class Meta:
        abstract = True
