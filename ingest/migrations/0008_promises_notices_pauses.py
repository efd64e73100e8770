import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def close_the_closed(apps, _):
    """Promises had no state before: what was closed is closed."""
    apps.get_model('ingest', 'Promise').objects.filter(closed_at__isnull=False).update(state='closed')


class Migration(migrations.Migration):

    dependencies = [
        ('ingest', '0007_corrections'),
        ('signing', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party_name', models.CharField(max_length=200)),
                ('party_uscc', models.CharField(db_index=True, max_length=18)),
                ('what', models.CharField(max_length=400)),
                ('written_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_why', models.CharField(blank=True, max_length=400)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('special', '特别程序'), ('correction', '补正'), ('1+X', '1+X机制'), ('expired-gap', '容缺逾期')], max_length=12)),
                ('reason', models.CharField(max_length=400)),
                ('evidence', models.CharField(max_length=400)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_evidence', models.CharField(blank=True, max_length=400)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AlterModelOptions(
            name='promise',
            options={'ordering': ['id']},
        ),
        migrations.RemoveConstraint(
            model_name='promise',
            name='one_promise_an_entry',
        ),
        migrations.AddField(
            model_name='case',
            name='due_why',
            field=models.JSONField(default=list, verbose_name='期限说明'),
        ),
        migrations.AddField(
            model_name='case',
            name='overdue_at',
            field=models.DateTimeField(null=True, verbose_name='超期时间'),
        ),
        migrations.AddField(
            model_name='case',
            name='warned_at',
            field=models.DateTimeField(null=True, verbose_name='预警时间'),
        ),
        migrations.AddField(
            model_name='notice',
            name='number',
            field=models.CharField(blank=True, max_length=60, verbose_name='文书编号'),
        ),
        migrations.AddField(
            model_name='notice',
            name='promise',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='ingest.promise'),
        ),
        migrations.AddField(
            model_name='notice',
            name='rendered_sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='notice',
            name='repeats',
            field=models.JSONField(default=list, verbose_name='首次可告知而未告知'),
        ),
        migrations.AddField(
            model_name='notice',
            name='seal',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='signing.seal'),
        ),
        migrations.AddField(
            model_name='notice',
            name='sealed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='seen',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='notice',
            name='validation',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='promise',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ingest.materialuse'),
        ),
        migrations.AddField(
            model_name='promise',
            name='due_why',
            field=models.CharField(blank=True, max_length=400, verbose_name='期限说明'),
        ),
        migrations.AddField(
            model_name='promise',
            name='entry_name',
            field=models.CharField(blank=True, max_length=200, verbose_name='材料名称'),
        ),
        migrations.AddField(
            model_name='promise',
            name='expired_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='promise',
            name='on_expiry',
            field=models.CharField(choices=[('revert', '撤回受理'), ('stop', '停止计时'), ('credit', '记入信用')], default='stop', max_length=8),
        ),
        migrations.AddField(
            model_name='promise',
            name='promised_by',
            field=models.CharField(blank=True, max_length=200, verbose_name='承诺人'),
        ),
        migrations.AddField(
            model_name='promise',
            name='reason',
            field=models.CharField(blank=True, max_length=400, verbose_name='原因'),
        ),
        migrations.AddField(
            model_name='promise',
            name='recheck_days',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='promise',
            name='recheck_evidence',
            field=models.CharField(blank=True, max_length=400, verbose_name='核查依据'),
        ),
        migrations.AddField(
            model_name='promise',
            name='recheck_on',
            field=models.DateField(null=True, verbose_name='核查日期'),
        ),
        migrations.AddField(
            model_name='promise',
            name='rechecked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='promise',
            name='rechecked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='promise',
            name='reminded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='promise',
            name='state',
            field=models.CharField(choices=[('open', '待补'), ('closed', '已补齐'), ('kept', '已兑现'), ('expired', '已逾期'), ('broken', '未兑现'), ('void', '已撤销')], default='open', max_length=8),
        ),
        migrations.AlterField(
            model_name='case',
            name='state',
            field=models.CharField(choices=[('open', '收件中'), ('accepted', '已受理'), ('decided', '已决定'), ('issued', '已制证'), ('archived', '已归档'), ('refused', '不予受理')], default='open', max_length=16),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('receipt', '收件回执'), ('one-time', '一次性告知书'), ('acceptance', '受理通知书'), ('gap', '容缺受理通知书'), ('refusal', '不予受理决定书'), ('commitment', '告知承诺书'), ('reminder', '补交提醒书')], max_length=16),
        ),
        migrations.AlterField(
            model_name='notice',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='notice',
            name='sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='文件摘要'),
        ),
        migrations.AlterField(
            model_name='promise',
            name='due_on',
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name='upload',
            name='state',
            field=models.CharField(choices=[('received', '已接收'), ('inspected', '已检查'), ('paged', '已分页'), ('read', '已识别'), ('filed', '已归类'), ('duplicate', '重复文件'), ('refused', '已退回'), ('quarantined', '已隔离'), ('confidential', '疑似涉密，已封存')], default='received', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='one_notice_a_number'),
        ),
        migrations.AddConstraint(
            model_name='promise',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'void'), _negated=True), fields=('case', 'entry'), name='one_standing_promise_an_entry'),
        ),
        migrations.AddField(
            model_name='creditrecord',
            name='promise',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='credit', to='ingest.promise'),
        ),
        migrations.AddField(
            model_name='creditrecord',
            name='settled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pause',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pause',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='ingest.case'),
        ),
        migrations.AddField(
            model_name='pause',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('case',), name='one_open_pause_a_case'),
        ),
        migrations.RunPython(close_the_closed, migrations.RunPython.noop),
    ]
