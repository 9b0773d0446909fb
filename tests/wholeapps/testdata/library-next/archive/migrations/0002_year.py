from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]
    operations = [migrations.AddField("Loan", "year", models.IntegerField(null=True))]
