"""Follow-ups of several kinds: those there are were acts on certificates, known by their row."""

from typing import Any

from django.db import migrations, models


def key_of_acts(apps: Any, _: Any) -> None:
    for row in apps.get_model("archive", "FollowUp").objects.all():
        row.key = f"act:{row.record}"
        row.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("archive", "0006_sm3_digests")]

    operations = [
        migrations.AddField("followup", "key", models.CharField(max_length=100, default=""), preserve_default=False),
        migrations.AddField(
            "followup",
            "kind",
            models.CharField(
                choices=[
                    ("act", "证照变动"),
                    ("inspection", "检测报告"),
                    ("transfer", "移交接收"),
                    ("exchange", "数据共享"),
                    ("retention", "鉴定处置"),
                ],
                default="act",
                max_length=12,
            ),
        ),
        migrations.AlterField("followup", "record", models.PositiveBigIntegerField(null=True, unique=True)),
        migrations.RunPython(key_of_acts, migrations.RunPython.noop),
        migrations.AddConstraint(
            "followup", models.UniqueConstraint(fields=("package", "key"), name="one_follow_up_a_key")
        ),
    ]
