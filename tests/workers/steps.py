"""What a window does with a sample pile, by the use cases: for the tests that run workers in any way."""

from collections.abc import Collection
from typing import Any, Literal

from ingest import Case
from samples import Pile
from workers import add_files, open_case

ITEM = "S3-05"


def account(role: str) -> Any:
    """The demonstration's account for a role."""
    from django.contrib.auth import get_user_model

    return get_user_model().objects.filter(groups__name=role).order_by("pk").first()


def opened_case(pile: Pile) -> Case:
    """A case for the applicant of the pile."""
    form = next(d for f in pile.files for d in f.documents if d.type == "M-SQB")
    return open_case(
        ITEM,
        project_code=pile.project_code,
        project_name=form.fields["项目名称"].normalised,
        works_name=pile.works,
        applicant_name=form.fields["建设单位"].normalised,
        applicant_uscc=form.fields["统一社会信用代码"].normalised,
        answers=pile.answers,
        by=account("clerk"),
    )


def hand_in(case: Case, pile: Pile, batch: Literal["first", "second"], only: Collection[str] = ()) -> None:
    """Put a batch of the pile on the counter, or of it only the files of these names."""
    for file in pile.batch(batch):
        if only and file.path.name not in only:
            continue
        with file.path.open("rb") as stream:
            add_files(case, [(file.path.name, stream)], by=account("clerk"))
