"""Batches: rows handed out together, as a folder that a province's 前置库 loads.

A batch is drawn in a transaction and written afterwards; one that a dead process left unwritten is written by the
next. Serials make loading twice harmless.
"""

import csv
import datetime as dt
import hashlib
import io
import json
import secrets
import shutil
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from exchange.models import ExchangeBatch, ExchangeRow
from exchange.outbox import ready_rows
from exchange.tables import Table, standard

FORMATS: Final = ("csv", "json", "sql")
MOST_ROWS: Final = 5_000
"""A batch that is loaded in one go and drawn in a few seconds; a first export of a city goes out in several."""
INDEX: Final = "批次.json"


def draw_batch(form: str, now: dt.datetime) -> ExchangeBatch | None:
    """Put everything that may go now into a new batch; None where nothing may. Call it in a transaction."""
    rows = ready_rows()[:MOST_ROWS]
    if not rows:
        return None
    batch = ExchangeBatch.objects.create(format=form, made_at=now)
    for row in rows:  # one by one: the archive's journal is told of each
        row.batch, row.sent = batch, True
        row.save(update_fields=["batch", "sent"])
    return batch


def unwritten() -> list[ExchangeBatch]:
    """Batches that were drawn and not written, oldest first."""
    return list(ExchangeBatch.objects.filter(written_at=None))


def write_batch(batch: ExchangeBatch, folder: Path) -> Path:
    """Write a batch as a folder below `folder`; it appears only when it is whole, in place of an older one."""
    target, scratch = folder / f"{batch.made_at:%Y%m%d}-{batch.number}", folder / f".{secrets.token_hex(6)}"
    scratch.mkdir(parents=True)
    try:
        for name, data in batch_files(batch).items():
            (scratch / name).write_bytes(data)
        if target.exists():
            shutil.rmtree(target)
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def batch_files(batch: ExchangeBatch) -> dict[str, bytes]:
    """Name → bytes: one file a table in the order of loading, and an index with counts and digests."""
    rules = standard()
    rows = sorted(batch.rows.all(), key=lambda row: (rules.order(row.table), row.valid, row.pk))
    files, index = {}, []
    for place, (name, group) in enumerate(groupby(rows, key=lambda row: row.table), 1):
        told = [_told(rules.table(name), row) for row in group]
        data = {"csv": _csv, "json": _json, "sql": _sql}[batch.format](rules.table(name), told)
        file = f"{place:02d}_{name}.{batch.format}"
        files[file] = data
        index.append({"file": file, "table": name, "rows": len(told), "sha256": hashlib.sha256(data).hexdigest()})
    told_index = {"batch": batch.number, "made_at": batch.made_at.isoformat(), "files": index}
    files[INDEX] = json.dumps(told_index, ensure_ascii=False, indent=1).encode()
    return files


def _columns(table: Table) -> list[str]:
    return [*(field.code for field in table.fields), *(field.code for field in standard().status)]


def _told(table: Table, row: ExchangeRow) -> Mapping[str, str]:
    """A row with every column of its table; empty text where it has no value."""
    told = {code: row.data.get(code, "") for code in _columns(table)}
    return told | {
        "LSH": row.serial,
        "DFSJZJ": row.key,
        "SJYXBS": "1" if row.valid else "0",
        "SJWXYY": row.invalid_why,
        "SJSCZT": str(ExchangeRow.State.WAITING.value),
    }


def _csv(table: Table, rows: list[Mapping[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, _columns(table))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _json(_: Table, rows: list[Mapping[str, str]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


def _sql(table: Table, rows: list[Mapping[str, str]]) -> bytes:
    """INSERT statements; what has no value is NULL. One serial goes in once, and an end is told as an UPDATE."""
    lines = [f"-- {table.title}"]
    for row in rows:
        if row["SJYXBS"] == "0":
            lines.append(
                f"UPDATE {table.name} SET SJYXBS = 0, SJWXYY = {_literal(row['SJWXYY'])}, SJSCZT = 0 "  # noqa: S608
                f"WHERE LSH = {_literal(row['LSH'])};"
            )
            continue
        columns = _columns(table)
        values = ", ".join(_literal(row.get(code, "")) for code in columns)
        lines.append(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values});")  # noqa: S608
    return ("\n".join(lines) + "\n").encode()


def _literal(value: str) -> str:
    r"""A text as SQL that means the same where a backslash is a letter and where it escapes (MySQL).

    Where one occurs, the text is given in hexadecimal, which no server reads in two ways.
    """
    if not value:
        return "NULL"
    if "\\" in value or any(ord(letter) < ord(" ") for letter in value):
        return f"CONVERT(X'{value.encode().hex()}' USING utf8mb4)"
    return "'" + value.replace("'", "''") + "'"
