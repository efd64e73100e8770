"""`yidang archive inspect`: 四性检测 of a package that is in the archive, with its report."""

import json
from pathlib import Path

import click
from rich.console import Console

from portal.cli import EXIT_NO

out = Console()
COLOURS = {"合格": "green", "不合格": "red", "未检测": "yellow", "不适用": "dim"}


@click.command(name="inspect")
@click.option("--case", "number", required=True, help="档号 or case number.")
@click.option("--phase", type=click.Choice(["GD", "CQ"]), default="CQ", show_default=True, help="归档 or 长期保存.")
@click.option("--out", "-o", "folder", type=click.Path(path_type=Path), help="Also write the report there.")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def inspect_command(number: str, phase: str, folder: Path | None, as_json: bool) -> int:  # noqa: FBT001
    """Inspect a package by DA/T 70-2018; the report is archived with it. Exit code 1 unless it is 合格."""
    from django.db.models import Q

    from archive import Package
    from archive.inspection import InspectionRecord
    from workers import Job, read_derivative, request_inspection, run_job

    package = Package.objects.filter(Q(archive_number=number) | Q(case_number=number)).first()
    if package is None:
        raise click.UsageError(f"没有档号或办件编号为 {number} 的档案")
    asked = request_inspection(package, phase, by="命令行")  # type: ignore[arg-type]
    run_job(Job.objects.get(kind="inspect-package", arguments__record=asked.pk).pk)
    record = InspectionRecord.objects.get(pk=asked.pk)
    if not record.report_sha256:
        out.print(f"检测 {record.batch} 已交后台进行，稍后在档案页查看", highlight=False)
        return EXIT_NO
    report = read_derivative(record.report_sha256)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{record.batch}.json").write_bytes(report)
        (folder / f"{record.batch}.pdf").write_bytes(read_derivative(record.pdf_sha256))
    if as_json:
        click.echo(report.decode())
    else:
        for line in json.loads(report)["lines"]:
            mark = f"[{COLOURS[line['结果']]}]{line['结果']}[/]"
            out.print(f"{mark} {line['编码']} {line['名称']} {line['对象']} {line['备注']}", highlight=False)
        said = "，".join(f"{name} {count}" for name, count in record.counts.items())
        out.print(f"{record.batch}：{record.verdict}（{said}）", highlight=False)
    return 0 if record.verdict == "合格" else EXIT_NO
