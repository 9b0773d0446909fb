from django.db import models


class Order(models.Model):
    shipped = models.IntegerField(default=0)
