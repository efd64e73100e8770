"""The table of all defects for `docs/defect-codes.md`; a test holds the page against it."""

from collections.abc import Mapping

from ingest.defects.words import WORDS, Story, Weight

HEADINGS: Mapping[Story, str] = {
    "type": "Is it the right document?",
    "reading": "Can it be read?",
    "pages": "Are the pages all there, and in order?",
    "seal": "Seals and originals",
    "time": "Time",
    "subject": "Whose is it?",
    "number": "Numbers and their checks",
    "whole": "What only several documents together show",
    "code": "Codes (QR) of our certificates",
}
WEIGHTS: Mapping[Weight, str] = {"serious": "serious 有问题", "question": "question 待核对", "note": "note 提示"}


def table() -> str:
    """All defects, story by story, as tables in Markdown."""
    parts = []
    for story, heading in HEADINGS.items():
        rows = [
            f"| `{w.code}` | {WEIGHTS[w.weight]} | {w.when} | {w.clerk} | {w.applicant} | {w.remedy} |"
            for w in WORDS.values()
            if w.story == story
        ]
        head = "| code | weight | found | 窗口 | 申请人 | 办法 |\n| --- | --- | --- | --- | --- | --- |"
        parts.append(f"## {heading}\n\n{head}\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201 - this is what it is for
