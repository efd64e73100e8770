"""The account of use: asking for a file, what was given, and the record of it that outlives the database.

Nothing is given before the request is written down. What was given is told in an object of its own, locked in the
archive, and named by an event of the log: who was shown what can be rebuilt from the archive alone.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from archive.canonical import canonical_json, parse_canonical
from archive.lookup.models import Retrieval
from archive.lookup.policy import check_request, is_masked
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
) -> Retrieval:
    """Write down that somebody wants a file of a package, and what they may be given; call it in a transaction.

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
        form=way,
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


def restore_retrieval(data: bytes, user_of: Callable[[str], Any]) -> Retrieval | None:
    """The rows of a retrieval out of its record; None where they are there. What was given is cleaned by then.

    `user_of` gives the account of a user name. Call it in a transaction.

    Raises:
        NotCanonical, KeyError: the bytes are no record.
        Package.DoesNotExist: its package is not restored yet.
    """
    told: Any = parse_canonical(data)
    if Retrieval.objects.filter(number=told["retrieval"]).exists():
        return None
    from archive.digests import digest_bytes

    access = Access.objects.create(
        package=Package.objects.get(number=told["package"]),
        user=user_of(told["user"]),
        case_number=told["case"],
        purpose=told["words"],
        accessed_at=dt.datetime.fromisoformat(told["at"]),
    )
    return Retrieval.objects.create(
        access=access,
        number=told["retrieval"],
        purpose=told["purpose"],
        form=told["form"],
        masked=told["masked"],
        manifest_sha256=told["manifest"],
        path=told["path"],
        name=told["name"],
        role=told["role"],
        sha256=told["sha256"],
        media_type=told["media_type"],
        state=Retrieval.State.CLEANED,
        pages=told["pages"],
        hidden=told["hidden"],
        given_sha256=told["given"],
        given_size=told["size"],
        record_sha256=digest_bytes(data).sha256,
    )
