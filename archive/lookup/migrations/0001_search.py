"""The words of the archive and their index: FTS5 on SQLite, GIN over a tsvector on PostgreSQL.

Both are kept up to date by the database itself, as in `ingest.0002_page_text`, which says why they are made so. A later
migration that makes SQLite build the table anew (any change of a column) loses the triggers and has to create them
again.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "lookup_archivedtext"
INDEX = "lookup_archivedtext_index"
SQLITE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5("
    f"bigrams, content='{TABLE}', content_rowid='id', tokenize='ascii', detail=none)",
    f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}(rowid, bigrams) VALUES (new.id, new.bigrams); END",
    f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, bigrams) VALUES ('delete', old.id, old.bigrams); END",
    f"CREATE TRIGGER {INDEX}_update AFTER UPDATE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, bigrams) VALUES ('delete', old.id, old.bigrams); "
    f"INSERT INTO {INDEX}(rowid, bigrams) VALUES (new.id, new.bigrams); END",
)
SQLITE_BACK = (*(f"DROP TRIGGER {INDEX}_{action}" for action in ("insert", "delete", "update")), f"DROP TABLE {INDEX}")
POSTGRESQL = (
    "CREATE FUNCTION lookup_tokens(bigrams text) RETURNS tsvector "
    "LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS "
    "$$ BEGIN RETURN array_to_tsvector(array_remove(string_to_array(bigrams, ' '), '')); END $$",
    f"CREATE INDEX {INDEX} ON {TABLE} USING gin (lookup_tokens(bigrams))",
)
POSTGRESQL_BACK = (f"DROP INDEX {INDEX}", "DROP FUNCTION lookup_tokens(text)")


def make_index(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('archive', '0006_sm3_digests'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArchivedText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=500)),
                ('path', models.CharField(blank=True, max_length=700)),
                ('name', models.CharField(max_length=500)),
                ('role', models.CharField(max_length=500)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('page', models.PositiveIntegerField(default=0)),
                ('text', models.TextField()),
                ('bigrams', models.TextField()),
                ('package', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='archive.package')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('package', 'source', 'path', 'page'), name='one_text_a_page_archived')],
            },
        ),
        migrations.CreateModel(
            name='PackageEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_code', models.CharField(db_index=True, max_length=40, verbose_name='事项编码')),
                ('item_name', models.CharField(max_length=200, verbose_name='事项')),
                ('project_name', models.CharField(max_length=500, verbose_name='项目名称')),
                ('works_name', models.CharField(blank=True, max_length=500, verbose_name='工程名称')),
                ('applicant_name', models.CharField(max_length=500, verbose_name='申请人')),
                ('applicant_uscc', models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码')),
                ('year', models.PositiveSmallIntegerField(db_index=True, verbose_name='年度')),
                ('filed_at', models.DateTimeField()),
                ('numbers', models.JSONField(default=list, verbose_name='证照编号')),
                ('projects', models.TextField()),
                ('companies', models.TextField()),
                ('archive_numbers', models.TextField()),
                ('certificates', models.TextField(blank=True)),
                ('package', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='entry', to='archive.package')),
            ],
            options={
                'indexes': [models.Index(fields=['-filed_at'], name='newest_filed_first')],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
