"""What the forgers start from: certificates of ours, sealed and preserved, and the authority that seals them."""

import dataclasses
import datetime as dt
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from signing import (
    Anchor,
    LocalTimestampAuthority,
    Policy,
    SealKey,
    TestAuthority,
    Validation,
    find_anchor,
    issued_policy,
    preserve_pdf,
    render,
    validate_pdf,
)
from tests.signing.conftest import NOW, OWNER, PERMIT, seal

DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Shown:
    """A file as somebody presents it, and how it is to be judged where that is not the usual way."""

    pdf: bytes
    options: dict[str, Any] = dataclasses.field(default_factory=dict)


class Ground:
    """Our authority, a permit with one seal that certifies it, an opinion with two seals; both B-LTA."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.now = NOW
        self.authority = TestAuthority.ensure(folder / "ours", NOW)
        self.key = self.authority.seal_key(OWNER, "行政审批专用章")
        self.second_key = self.authority.seal_key("江澜市住建局", "行政审批专用章")
        self.permit = render("construction_permit", PERMIT, created=NOW)

    @functools.cached_property
    def sealed(self) -> bytes:
        """One seal, certified, B-T."""
        return seal(self.permit, self.key, self.authority)

    @functools.cached_property
    def one(self) -> bytes:
        """One seal, certified, B-LTA."""
        return self.preserved(self.sealed)

    @functools.cached_property
    def first_of_two(self) -> bytes:
        """The first of two seals, B-T."""
        return seal(self.permit, self.key, self.authority, certify=False)

    @functools.cached_property
    def both(self) -> bytes:
        """Two seals, uncertified, B-T."""
        return seal(self.first_of_two, self.second_key, self.authority, certify=False, anchor=self.beside)

    @functools.cached_property
    def two(self) -> bytes:
        """Two seals, uncertified, B-LTA."""
        return self.preserved(self.both)

    @functools.cached_property
    def other(self) -> bytes:
        """A certificate of ours for another case, B-LTA."""
        permit = render("construction_permit", PERMIT | {"工程名称": "江澜市第三中学教学楼"}, created=NOW)
        return self.preserved(seal(permit, self.key, self.authority))

    @functools.cached_property
    def forger(self) -> TestAuthority:
        """Another authority whose certificates bear the same names as ours."""
        return TestAuthority.ensure(self._folder / "forger", NOW)

    @property
    def forged_key(self) -> SealKey:
        """A key with the names of ours."""
        return self.forger.seal_key(OWNER, "行政审批专用章")

    @functools.cached_property
    def beside(self) -> Anchor:
        """A place left of the usual one."""
        place = find_anchor(self.permit)
        left, bottom, right, top = place.box
        return dataclasses.replace(place, box=(left - 150, bottom, right - 150, top))

    def preserved(self, pdf: bytes) -> bytes:
        """The file made B-LTA."""
        tsa = LocalTimestampAuthority(self.authority.timestamp_key, lambda: NOW)
        return preserve_pdf(pdf, self.authority.roots, self.authority.crls(), tsa=tsa, now=NOW)

    def late_lists(self, at: dt.datetime) -> tuple[bytes, ...]:
        """Revocation lists as they will be then, from a copy: those of today stay."""
        folder = self._folder / f"later-{at:%Y%m%d}"
        shutil.copytree(self._folder / "ours", folder, dirs_exist_ok=True)
        return TestAuthority.ensure(folder, NOW).crls(at)

    def new_authority(self) -> TestAuthority:
        """An authority of its own, for what spoils one."""
        return TestAuthority.ensure(Path(tempfile.mkdtemp(dir=self._folder)), NOW)

    def policy(self, of: str) -> Policy:
        """What is asked of the permit, of the opinion, or of a file somebody hands in."""
        if of == "one":
            return issued_policy(self.key.fingerprint)
        if of == "two":
            return issued_policy(self.key.fingerprint, self.second_key.fingerprint)
        return Policy(name="incoming")

    def judge(self, shown: Shown | bytes, of: str) -> Validation:
        """The judgement, by default with our roots and lists on the day of sealing."""
        given = shown if isinstance(shown, Shown) else Shown(shown)
        usual = {"crls": self.authority.crls(), "at": NOW, "policy": self.policy(of), "roots": self.authority.roots}
        return validate_pdf(given.pdf, **(usual | given.options))
