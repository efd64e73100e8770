"""`yidang archive account`: what happened to a case, in the order of the log, for a person to read."""

import json

import click
from rich.console import Console
from rich.table import Table

from portal.cli import EXIT_NO

out = Console()


@click.command()
@click.argument("case")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def account(case: str, as_json: bool) -> int:  # noqa: FBT001
    """Every event of a CASE in its order, with what still waits and why; exit code 1 when there is none."""
    from django.utils import timezone

    from archive import Event
    from portal.event_names import EVENT_NAMES, JOB_NAMES
    from workers import Job

    events = [
        {
            "time": timezone.localtime(event.happened_at).isoformat(timespec="seconds"),
            "kind": event.kind,
            "name": EVENT_NAMES.get(event.kind, event.kind),
            "actor": event.actor.get_username() if event.actor else "",
            "entry": event.leaf_index,
            "behind": event.behind,
        }
        for event in Event.objects.filter(case_number=case).select_related("actor").order_by("pk")
    ]
    jobs = Job.objects.filter(case_number=case).exclude(state__in=[Job.State.DONE, Job.State.SKIPPED]).order_by("pk")
    waiting = [
        {
            "name": JOB_NAMES.get(job.kind, job.kind),
            "state": job.get_state_display(),
            "why": (job.error or {}).get("message", ""),
        }
        for job in jobs
    ]
    if as_json:
        click.echo(json.dumps({"events": events, "waiting": waiting}, ensure_ascii=False))
        return 0 if events else EXIT_NO
    table = Table("时间", "事项", "经办", "存证序号", "")
    for row in events:
        late = f"[red]时钟落后 {row['behind']} 秒[/]" if row["behind"] else ""
        entry = "" if row["entry"] is None else str(row["entry"])
        table.add_row(str(row["time"]), str(row["name"]), str(row["actor"]), entry, late)
    out.print(table)
    for job in waiting:
        out.print(f"{job['name']}：{job['state']} {job['why']}", highlight=False)
    return 0 if events else EXIT_NO
