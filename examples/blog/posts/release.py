"""Fields that a release adds to a post: none in this one. maroon/ contains the next release."""
from django.db import models


class ReleaseFields(models.Model):
    form_fields = ()

    class Meta:
        abstract = True
