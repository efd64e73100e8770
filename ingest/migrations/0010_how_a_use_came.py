from django.db import migrations, models


def say_how_they_came(apps, _):
    """Uses of what the archive held said nothing more: what a stage of ours issued is told apart now.

    `update` leaves no mark for the journal, so rows of archived cases, which it holds, are marked here.
    """
    uses = apps.get_model('ingest', 'MaterialUse').objects
    ours = apps.get_model('signing', 'Certificate').objects.exclude(sealed_sha256='').values('sealed_sha256')
    fed = models.Q(used_by=None) | models.Q(held__sha256__in=ours)
    found = uses.filter(fed, how='reused', held__isnull=False)
    kept = list(found.filter(case__state='archived').values_list('pk', flat=True))
    found.update(how='issued')
    marks = apps.get_model('rebuilding', 'JournalMark')
    marks.objects.bulk_create([marks(model='ingest.materialuse', row=pk) for pk in kept], batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('ingest', '0009_sm3_digests'),
        ('rebuilding', '0001_initial'),
        ('signing', '0007_sm3_digests'),
    ]

    operations = [
        migrations.AddField(
            model_name='materialuse',
            name='checked',
            field=models.JSONField(default=dict, verbose_name='效力核对'),
        ),
        migrations.AlterField(
            model_name='materialuse',
            name='how',
            field=models.CharField(choices=[('uploaded', '窗口提交'), ('reused', '复用档案'), ('issued', '本市核发'), ('department', '部门共享'), ('area', '区域评估'), ('joint', '联合成果'), ('repeat', '重复提交，引用原件')], max_length=16),
        ),
        migrations.RunPython(say_how_they_came, migrations.RunPython.noop),
    ]
