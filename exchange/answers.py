"""What the province says of the rows it took: accepted, or refused with a reason. Read from a file, taken once."""

import csv
import dataclasses
import datetime as dt
import io
import json
from collections.abc import Iterable
from typing import Any, Final

from exchange.models import ExchangeRow

State = ExchangeRow.State
MOST_BYTES: Final = 64 * 1024 * 1024
"""Answers to a whole batch have about 2 MB."""
LONGEST_REASON: Final = 2000
ANSWERED: Final = {str(State.ACCEPTED.value): State.ACCEPTED, str(State.FAILED.value): State.FAILED}


class BadAnswers(ValueError):  # noqa: N818
    """The file holds no answers; the message says what was expected and where it ends."""

    code = "exchange-bad-answers"


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one row, known by its serial."""

    serial: str
    state: State
    reason: str = ""


@dataclasses.dataclass
class AnswersReport:
    """What became of the answers: rows accepted and refused, what was known already, and serials that are not ours.

    `cases` are the numbers of the cases whose rows were answered.
    """

    accepted: int = 0
    refused: int = 0
    known: int = 0
    strange: list[str] = dataclasses.field(default_factory=list)
    cases: set[str] = dataclasses.field(default_factory=set)


def read_answers(data: bytes) -> list[Answer]:
    """The answers in a CSV with a head line, or in a JSON list, with LSH, SJSCZT and SBYY.

    Raises:
        BadAnswers: it is neither, a column is missing, or a state is neither 3 nor 2.
    """
    if len(data) > MOST_BYTES:
        raise BadAnswers(f"文件超过 {MOST_BYTES} 字节，请分批导入")
    try:
        text = data.decode("utf-8-sig")
        rows = json.loads(text) if text.lstrip().startswith("[") else _rows(text)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, csv.Error) as error:
        raise BadAnswers(f"无法读取：须为 UTF-8 的 CSV 或 JSON（{error}）") from error
    return [_answer(number, row) for number, row in enumerate(rows, 1)]


def take_answers(answers: Iterable[Answer], now: dt.datetime) -> AnswersReport:
    """Write down what was answered; the same answer again changes nothing. Call it in a transaction."""
    report = AnswersReport()
    for answer in answers:
        row = ExchangeRow.objects.select_for_update().filter(serial=answer.serial, sent=True).first()
        if row is None:
            report.strange.append(answer.serial)
            continue
        if not row.under_way:
            report.known += 1
            continue
        row.state, row.failure, row.answered_at = answer.state, answer.reason, now
        row.save(update_fields=["state", "failure", "answered_at"])
        report.accepted += answer.state == State.ACCEPTED
        report.refused += answer.state == State.FAILED
        if row.case_number:
            report.cases.add(row.case_number)
    return report


def _rows(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text))
    if missing := {"LSH", "SJSCZT"} - set(reader.fieldnames or ()):
        raise BadAnswers(f"首行缺少列 {'、'.join(sorted(missing))}")
    return list(reader)


def _answer(number: int, row: Any) -> Answer:
    if not isinstance(row, dict) or not row.get("LSH") or row.get("SJSCZT") in {None, ""}:
        raise BadAnswers(f"第 {number} 行缺少 LSH 或 SJSCZT")
    state = ANSWERED.get(str(row["SJSCZT"]).strip())
    if state is None:
        raise BadAnswers(f"第 {number} 行的 SJSCZT 为 {row['SJSCZT']}：须为 3（接收）或 2（失败）")
    return Answer(str(row["LSH"]).strip(), state, str(row.get("SBYY") or "")[:LONGEST_REASON])
