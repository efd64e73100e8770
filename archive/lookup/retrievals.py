"""The account of use: asking for a file, what was given, and the record of it that outlives the database.

Nothing is given before the request is written down. What was given is told in an object of its own, locked in the
archive, and named by an event of the log: who was shown what can be shown without the database.
"""

import datetime as dt
from typing import Any

from archive.canonical import canonical_json
from archive.lookup.models import Retrieval
from archive.lookup.policy import Form, check_request, is_masked
from archive.manifest import Element
from archive.models import Access, Package

RECORD_TYPE = "application/json"
KEPT_FOR = dt.timedelta(hours=24)
"""A working day: who asks for a copy fetches it; what lies longer is a second, unguarded archive."""


def ask_for(  # noqa: PLR0913 - who, what, why
    package: Package,
    manifest_sha256: str,
    element: Element,
    *,
    by: Any,
    roles: frozenset[str],
    purpose: str,
    words: str,
    case_number: str,
    form: str,
    now: dt.datetime,
    sealed: bool = False,
) -> Retrieval:
    """Write down that somebody wants a file of a package, and what they may be given; call it in a transaction.

    `sealed`: a copy is given under the archive's seal.

    Raises:
        NotPermittedError: the rules of use do not allow it.
    """
    words, case_number = " ".join(words.split()), case_number.strip()
    aim, way = check_request(roles, purpose, words, case_number, form)
    access = Access.objects.create(
        package=package, user=by, case_number=case_number, purpose=f"{aim.label}：{words}", accessed_at=now
    )
    return Retrieval.objects.create(
        access=access,
        purpose=aim,
        form=Form.SEALED if sealed and way == Form.COPY else way,
        masked=is_masked(roles, aim),
        manifest_sha256=manifest_sha256,
        path=element.path,
        name=element.name,
        role=element.role,
        sha256=element.sha256,
        media_type=element.media_type,
    )


def retrieval_record(retrieval: Retrieval) -> bytes:
    """What was given to whom and why, as canonical JSON: the same retrieval gives the same bytes."""
    access = retrieval.access
    return canonical_json(
        {
            "retrieval": retrieval.number,
            "package": access.package.number,
            "manifest": retrieval.manifest_sha256,
            "path": retrieval.path,
            "name": retrieval.name,
            "role": retrieval.role,
            "sha256": retrieval.sha256,
            "media_type": retrieval.media_type,
            "user": access.user.get_username(),
            "case": access.case_number,
            "purpose": retrieval.purpose,
            "words": access.purpose,
            "at": access.accessed_at.astimezone(dt.UTC).isoformat(),
            "form": retrieval.form,
            "masked": retrieval.masked,
            "pages": retrieval.pages,
            "hidden": retrieval.hidden,
            "given": retrieval.given_sha256,
            "size": retrieval.given_size,
        }
    )
