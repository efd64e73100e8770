from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ingest', '0004_picture_digest_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='answers',
            field=models.JSONField(default=dict, verbose_name='情形'),
        ),
    ]
