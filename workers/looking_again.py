"""Is it here already? Each document that was sorted is held against what is here of the same subjects."""

import dataclasses
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

import ingest
import ocr
from archive import HeldMaterial, NotFound
from ingest import Case, Material, Upload, resemblance
from workers import zones
from workers.groundwork import tell
from workers.jobs import enqueue
from workers.models import Repeat
from workers.repeat_identity import fields_of_held
from workers.repeat_scope import STOPPED, held_in_scope, is_own, pair_of
from workers.repeat_words import Found, found_to_be
from workers.stage import Arguments, NotExpectedError

CANDIDATES = 20
"""Documents looked at before those of others are left out; of one's own there are rarely more than a few versions."""
COMPARED = 6
"""Of those, how many are compared word by word."""
PICTURED = 12
"""Pages of a document up to which its pictures are compared too; of a longer one a person is asked."""


def look_again(upload: Upload) -> None:
    """Have the documents of a file held against what is here, after they were sorted or put right.

    The case's revision makes each time a job of its own.
    """
    case = Case.objects.get(pk=upload.case_id)
    enqueue("repeat", case=case.number, upload=upload.pk, revision=case.revision)


@dataclasses.dataclass(frozen=True, slots=True)
class Looked:
    """The documents that were held against others, by number and as they were then, and what was found."""

    documents: frozenset[tuple[int, str, tuple[int, ...]]]
    found: tuple[Found, ...]


def compare(arguments: Arguments) -> Looked:
    """For each document of the file the one it is most like, among those of the same subjects."""
    upload = Upload.objects.select_related("case__project", "case__works").get(pk=arguments["upload"])
    if upload.withdrawn_at or upload.state != Upload.State.FILED:
        raise NotExpectedError("the file is withdrawn, or not sorted")
    live = list(_live(upload).select_related("upload__case"))
    return Looked(_as_now(live), tuple(found for material in live if (found := _nearest(material))))


def record(arguments: Arguments, looked: Looked) -> None:
    """Write down what is new; a question that is none any more is withdrawn, and what a person said stays said.

    Raises:
        NotExpectedError: the file was divided otherwise meanwhile; whoever did that had it looked at anew.
    """
    upload = Upload.objects.select_for_update().get(pk=arguments["upload"])
    if upload.withdrawn_at:
        return
    live = _as_now(_live(upload))
    if not live <= looked.documents:
        raise NotExpectedError("the documents of the file are others than those that were compared")
    now = timezone.now()
    there = {number for number, _, _ in live}
    found = [one for one in looked.found if one.material in there]  # one that was set aside meanwhile asks nothing
    fresh = {one.pair for one in found}
    undecided = upload.repeats.exclude(kind=Repeat.Kind.BYTES).filter(
        state__in=(Repeat.State.PROPOSED, Repeat.State.TOLD)
    )
    undecided.exclude(pair__in=fresh).filter(withdrawn_at=None).update(withdrawn_at=now)
    for one in found:
        _write(upload, one, undecided.filter(pair=one.pair).first(), now)


def _live(upload: Upload) -> QuerySet[Material]:
    return upload.materials.filter(withdrawn_at=None).exclude(type="")


def _as_now(materials: Iterable[Material]) -> frozenset[tuple[int, str, tuple[int, ...]]]:
    return frozenset((material.pk, material.type, tuple(material.pages)) for material in materials)


def give_up(arguments: Arguments, error: dict[str, Any]) -> None:
    """Nothing is said, as if nothing were like it; the job's row says why. The case goes on."""


def _write(upload: Upload, one: Found, before: Repeat | None, now: Any) -> None:
    state = Repeat.State.PROPOSED if one.asks else Repeat.State.TOLD
    facts: dict[str, Any] = {"kind": one.kind, "state": state, "why": one.why, "likeness": one.likeness}
    facts |= {"material_id": one.material, "held_id": one.held, "earlier_id": one.earlier, "withdrawn_at": None}
    if before:
        Repeat.objects.filter(pk=before.pk).update(**facts)
        return
    if Repeat.objects.filter(upload=upload, pair=one.pair).exists():
        return  # a person has said what it is
    row = Repeat.objects.create(case=upload.case, upload=upload, pair=one.pair, made_at=now, **facts)
    kind = "repeat-found" if one.asks else "repeat-told"
    tell(kind, row.case, None, object_sha256=upload.sha256, upload=upload.number, repeat=row.pk, what=row.kind)


def _nearest(material: Material) -> Found | None:
    """The first candidate of the same type that is, or may be, the same; else the first that is another of its form."""
    told: Found | None = None
    for held, earlier in itertools.islice(_own(material), COMPARED):
        other = _presented(held, earlier)
        likeness = _likeness(material, earlier, other)
        pair = pair_of((material.upload.sha256, material.pages), (other.sha256, other.pages))
        if Repeat.objects.filter(pair=pair, state=Repeat.State.DECLINED).exists():
            continue  # told apart by a person, here or in another case
        found = found_to_be(material, held, earlier, likeness, pair)
        if likeness.proposed:
            return found
        told = told or found
    return told


def _likeness(material: Material, earlier: Material | None, other: ingest.Presented) -> resemblance.Likeness:
    """How the two compare; their pictures are read only where a look at them may change what is said."""
    one = ingest.presented(material)
    if not earlier or not len(one.readings) == len(other.readings) <= PICTURED:
        return resemblance.compare(one, other)
    try:
        return resemblance.compare(one, other, lambda: (_pictures(material), _pictures(earlier)))
    except NotFound:
        return resemblance.compare(one, other)  # destroyed, or brought back by a rebuild without them


@dataclasses.dataclass(frozen=True, slots=True)
class _Pictures:
    """The pictures of the pages that were read, each loaded when it is looked at."""

    digests: tuple[str, ...]

    def __getitem__(self, place: int) -> ocr.Image:
        return ingest.load_picture(zones.read_derivative(self.digests[place]))


def _pictures(material: Material) -> _Pictures:
    pages = material.upload.pages.filter(number__in=material.pages, reading__isnull=False)
    return _Pictures(tuple(pages.values_list("picture_sha256", flat=True)))


def _own(material: Material) -> Iterator[tuple[HeldMaterial | None, Material | None]]:
    """What is here of the same type and the same subjects, the likeliest first: archived, or handed in before."""
    case, seen = material.upload.case, set()
    for one in resemblance.candidates(resemblance.fingerprint(material), CANDIDATES):
        earlier = one.material
        held = one.held or (earlier and _archived(earlier))
        kind = held.type if held else earlier.type if earlier else ""
        if kind != material.type:
            continue
        if held:
            if held.pk not in seen and held.sha256 and held_in_scope(case).filter(pk=held.pk).exists():
                seen.add(held.pk)
                yield held, earlier
        elif earlier and _came_before(earlier, material) and _may_stand(earlier, case):
            yield None, earlier


def _archived(material: Material) -> HeldMaterial | None:
    """The archived form of a document whose case is archived; another one of the same file lies on other pages."""
    rows = HeldMaterial.objects.filter(sha256=material.upload.sha256, type=material.type).select_related("package")
    of_case = rows.filter(package__case_number=material.upload.case.number)
    return next((held for held in of_case if sorted(held.pages) == sorted(material.pages)), None)


def _may_stand(earlier: Material, case: Case) -> bool:
    """A document of the case or one beside it, or of a case of the same subjects that is still under way."""
    there = earlier.upload.case
    ended = there.state in {Case.State.ARCHIVED, Case.State.REFUSED}
    return is_own(earlier.upload, case) and (not ended or case.beside.filter(pk=there.pk).exists())


def _came_before(earlier: Material, material: Material) -> bool:
    """Of two documents the later one repeats the earlier, whichever was looked at last."""
    stopped = earlier.upload.state in STOPPED
    return not stopped and (earlier.upload_id, min(earlier.pages)) < (material.upload_id, min(material.pages))


def _presented(held: HeldMaterial | None, earlier: Material | None) -> ingest.Presented:
    """A document as it is compared: as it was read with its case, else as its package has it."""
    if earlier:
        return ingest.presented(earlier)
    if held is None:
        raise ValueError("neither archived nor handed in")
    return ingest.Presented(
        file=held.name,
        pages=tuple(held.pages),
        type=held.type,
        fields=fields_of_held(held),
        ref=f"held:{held.pk}",
        valid_until=held.valid_until,
        sha256=held.sha256,
    )
