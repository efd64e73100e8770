"""What was said of repeats before their table was journalled is journalled now, where the journal has begun."""

from django.db import migrations


def mark(apps, schema_editor):
    if not apps.get_model("rebuilding", "JournalHead").objects.exists():
        return  # it begins with all that is there
    marks = apps.get_model("rebuilding", "JournalMark").objects
    for row in apps.get_model("workers", "Repeat").objects.filter(case__state="archived").order_by("pk").iterator():
        others = [of.case.state for of in (row.earlier and row.earlier.upload, row.twin) if of]
        if all(state == "archived" for state in others):
            marks.create(model="workers.repeat", row=row.pk)


class Migration(migrations.Migration):
    dependencies = [("rebuilding", "0001_initial"), ("workers", "0003_repeats")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
