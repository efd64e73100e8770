"""Decisions on drawings: a version is approved, and a case decided on one, exactly as the person saw it or not at all.

Between the look and the click another version may come, or sheets may be added to the one that is still handed in. The
digest of what was on the screen comes with the decision; it is compared under the lock of the set, in which everything
that is handed in is entered, so that there is no moment between.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

import ingest
from archive import append_event
from ingest import drawings
from ingest.drawings import DrawingSet, Kind, SetVersion, State, StepError
from workers.drawing_sets import reference_to, resting_on
from workers.groundwork import NotPossibleError, item_of

NAMED_BY = 12
"""Characters of a digest that name a version on the command line: 48 bits, more than the versions of one works need."""


class OtherVersionError(NotPossibleError):
    """The drawings are not those that the person saw.

    `seen` is the number of the version they looked at, None where no version is as they saw it; `now` of the one there
    is, None where it was taken back.
    """

    def __init__(self, seen: SetVersion | None, now: SetVersion | None, *, named: bool = True) -> None:
        """Say what changed."""
        self.seen, self.now = seen.number if seen else None, now.number if now else None
        if now is None:
            said = "您核对的图纸已撤回或不再作为本办件的依据，请重新核对后再作决定"
        elif not named:
            said = f"决定须写明所看的图纸版本：现在是第 {now.number} 版，摘要 {now.digest[:NAMED_BY]}，请核对后再作决定"
        elif seen is None:
            said = f"您打开页面之后，第 {now.number} 版图纸有新提交的内容，请核对后再作决定"
        else:
            said = f"您核对的是第 {seen.number} 版图纸，现在的依据是第 {now.number} 版，请查看两版的变化后再作决定"
        super().__init__("drawings-changed" if named else "drawings-not-named", said)


def digests_shown(case: ingest.Case) -> str:
    """What a page sends back with a decision: the digests of the versions that it showed, parted by commas."""
    return ",".join(version.digest for version in resting_on(case))


def require_seen(case: ingest.Case, seen: str | None) -> Sequence[SetVersion]:
    """The versions that the case rests on, if they are those that were seen; their set is locked from here on.

    Args:
        case: The case to decide.
        seen: What `digests_shown` told when the person looked, or the beginnings of such digests. None where nobody
            looked; a review is never decided like that.

    Raises:
        OtherVersionError: `drawings-changed` or `drawings-not-named`.
    """
    locked = drawings.set_of(case, lock=True)
    versions = resting_on(case)
    if seen is None and not drawings.is_review(item_of(case)):
        return versions
    named = [part.strip() for part in (seen or "").split(",") if part.strip()]
    unseen = [version for version in versions if not any(_names(part, version) for part in named)]
    gone = [part for part in named if not any(_names(part, version) for version in versions)]
    if unseen or gone:
        before = locked.versions.filter(digest__in=gone).last() if locked else None
        raise OtherVersionError(before, next(iter(unseen), None), named=seen is not None)
    return versions


def _names(part: str, version: SetVersion) -> bool:
    return len(part) >= NAMED_BY and version.digest.startswith(part)


def approve_reviewed(case: ingest.Case, seen: Sequence[SetVersion], *, by: Any) -> SetVersion | None:
    """A favourable review decides on the version that it saw (`require_seen`); that is the current approved one now.

    None where the case is no review, or handed in no sheets, or what it handed in is approved already.

    Raises:
        NotPossibleError: the version waits for no review (codes of `StepError`).
    """
    if not drawings.is_review(item_of(case)):
        return None
    version = next((one for one in seen if one.kind == Kind.DESIGN), None)
    if version is None or version.state == State.REVIEWED:
        return None
    result = {"how": "decision", "case": case.number, "certificate": _paper_number(case), "digest": version.digest}
    return _approve(version, result, case, by)


@transaction.atomic
def approve_by_paper(version: SetVersion, material: ingest.Material, *, seen: str, by: Any) -> SetVersion:
    """A review that was decided elsewhere: the officer enters its certificate (审图合格书) for the version it names.

    Of the current approved version another certificate is entered in place of the one there: its number was misread, or
    it was taken back. `seen` is the digest of the version as the officer saw it.

    Raises:
        OtherVersionError: `drawings-changed`, sheets came to the version since.
        NotPossibleError: `no-review-paper`, it is no such certificate of this works that counts; `unnumbered-paper`;
            `paper-of-other-version`, others were decided on as reviewed by it, and these are changed; or a code of
            `StepError`.
    """
    DrawingSet.objects.select_for_update().get(pk=version.set_id)
    version.refresh_from_db()
    if not _names(seen, version):
        raise OtherVersionError(None, version)
    case = material.upload.case
    here = (case.project_id, case.works_id) == (version.set.project_id, version.set.works_id)
    counts = material.withdrawn_at is None and material.upload.withdrawn_at is None
    if material.type != drawings.REVIEW_RESULT or not here or not counts:
        raise NotPossibleError("no-review-paper", "这份材料不是本工程的施工图设计文件审查合格书，不能据以审定图纸")
    if not material.number:
        raise NotPossibleError("unnumbered-paper", "没有读到审查合格书的编号，请先在办件页更正后再登记")
    result = {
        "how": "certificate",
        "case": case.number,
        "certificate": material.number,
        "sha256": material.upload.sha256,
        "digest": version.digest,
    }
    if version.state == State.REVIEWED:
        return _enter_anew(version, result, case, by)
    _require_unspent(version, material.number)
    return _approve(version, result, case, by)


def _require_unspent(version: SetVersion, certificate: str) -> None:
    """Changed drawings need a review, and so a certificate, of their own (部令第13号).

    Sheets more are none changed, and what nobody was decided on yet may have been entered by mistake.
    """
    for other in version.set.versions.exclude(reviewed_at=None).exclude(pk=version.pk):
        same = (other.review or {}).get("certificate") == certificate
        if same and other.uses.exists() and (changed := drawings.differences(other, version).changed):
            raise NotPossibleError(
                "paper-of-other-version",
                f"审查合格书 {certificate} 是第 {other.number} 版图纸的，已凭它办理；第 {version.number} 版有 "
                f"{len(changed)} 张图与之不同，请将变更后的图纸重新送审，凭新的审查合格书登记",
            )


def _enter_anew(version: SetVersion, result: dict[str, Any], case: ingest.Case, by: Any) -> SetVersion:
    """What was decided here stays decided here; its certificate alone is another."""
    before = version.review or {}
    paper = {name: result[name] for name in ("certificate", "sha256")}
    version.review = result if before.get("how") == "certificate" else {**before, **paper}
    version.save(update_fields=["review"])
    details = {**version.review, **reference_to(version), "before": before.get("certificate", "")}
    append_event("review-entered-anew", case_number=case.number, actor=by, details=details, now=timezone.now())
    return version


def _approve(version: SetVersion, result: dict[str, Any], case: ingest.Case, by: Any) -> SetVersion:
    now = timezone.now()
    try:
        drawings.approve(version, result, now=now)
    except StepError as reason:
        raise NotPossibleError(reason.code, str(reason)) from None
    details = {**result, **reference_to(version)}
    append_event("drawings-reviewed", case_number=case.number, actor=by, details=details, now=now)
    return version


def _paper_number(case: ingest.Case) -> str:
    """The number of the certificate of review, where it lies in the case already."""
    use = case.uses.filter(entry=drawings.REVIEW_RESULT, withdrawn_at=None, material__isnull=False).last()
    return use.material.number if use and use.material else ""
