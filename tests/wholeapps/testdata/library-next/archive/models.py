from django.db import models


class Loan(models.Model):
    title = models.TextField()
    year = models.IntegerField(null=True)
