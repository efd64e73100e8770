"""The text of each page for the search, and its index: FTS5 on SQLite, GIN over a tsvector on PostgreSQL.

Both are kept up to date by the database itself, so the rooms only write `PageText`. A later migration that makes
SQLite build the table anew (any change of a column) loses the triggers and has to create them again.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "ingest_pagetext"
INDEX = "ingest_pagetext_index"

# `ascii` takes every character beyond ASCII for a part of a word: the text is cut already, at the spaces between.
# `detail=none`: which pages have a token, not where; the order is checked on the text (half the size, measured).
SQLITE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5("
    f"bigrams, content='{TABLE}', content_rowid='page_id', tokenize='ascii', detail=none)",
    f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}(rowid, bigrams) VALUES (new.page_id, new.bigrams); END",
    f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, bigrams) VALUES ('delete', old.page_id, old.bigrams); END",
    f"CREATE TRIGGER {INDEX}_update AFTER UPDATE ON {TABLE} BEGIN "
    f"INSERT INTO {INDEX}({INDEX}, rowid, bigrams) VALUES ('delete', old.page_id, old.bigrams); "
    f"INSERT INTO {INDEX}(rowid, bigrams) VALUES (new.page_id, new.bigrams); END",
)
SQLITE_BACK = (*(f"DROP TRIGGER {INDEX}_{action}" for action in ("insert", "delete", "update")), f"DROP TABLE {INDEX}")

# Not to_tsvector: its parser cuts by its own rules. An array has no positions, which a tsvector holds only 256 of for
# a word and none beyond 16383. Not a column: the planner takes a scan of the whole table for cheap, because it does not
# count that every vector lies outside of it (measured: 190 ms for nothing in 5,000 pages). The cost of the function
# tells it the truth; in plpgsql, since the cost of one in SQL is lost when it is put into the query.
POSTGRESQL = (
    "CREATE FUNCTION ingest_tokens(bigrams text) RETURNS tsvector "
    "LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS "
    "$$ BEGIN RETURN array_to_tsvector(array_remove(string_to_array(bigrams, ' '), '')); END $$",
    f"CREATE INDEX {INDEX} ON {TABLE} USING gin (ingest_tokens(bigrams))",
)
POSTGRESQL_BACK = (f"DROP INDEX {INDEX}", "DROP FUNCTION ingest_tokens(text)")


def make_index(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


def index_what_is_read(apps, schema_editor):
    from archive.lookup import bigram_text, reading_text
    from ingest.search import MAX_PAGE_CHARACTERS

    text = apps.get_model("ingest", "PageText")
    for page in apps.get_model("ingest", "Page").objects.filter(reading__isnull=False).iterator(chunk_size=100):
        text.objects.create(page=page, bigrams=bigram_text(reading_text(page.reading)[:MAX_PAGE_CHARACTERS]))


class Migration(migrations.Migration):

    dependencies = [("ingest", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PageText",
            fields=[
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="ingest.page",
                    ),
                ),
                ("bigrams", models.TextField()),
            ],
        ),
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(index_what_is_read, migrations.RunPython.noop),
    ]
