"""归档覆盖: how much of what was closed is filed, full, certified and sealed, out of what the manifests say."""

import dataclasses
from fractions import Fraction

from django.db.models import Count, Q

from archive.lookup.models import PackageEntry


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """A figure by its official name: so many of so many, and their share; None of nothing."""

    name: str
    part: int
    whole: int

    @property
    def share(self) -> Fraction | None:
        """From 0 to 1."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def percent(self) -> str:
        """For people, rounded down: 100% is said of all only. Empty of nothing."""
        return f"{self.part * 1000 // self.whole / 10:.1f}%" if self.whole else ""


def coverage(not_filed: int) -> list[Rate]:
    """The rates of today; `not_filed` cases are closed and wait to be filed.

    Of the certificate and its seal: out of the packages that came to a certificate, those that hold it as a file
    (element 23), and those that hold the record of its seal as well (element 24).
    """
    issued = Q(certifiable=True)
    said = PackageEntry.objects.aggregate(
        all_filed=Count("pk"),
        all_full=Count("pk", filter=Q(package__full_elements=True)),
        all_issued=Count("pk", filter=issued),
        with_file=Count("pk", filter=issued & Q(certified=True)),
        with_seal=Count("pk", filter=issued & Q(sealed=True)),
    )
    closed = said["all_filed"] + not_filed
    return [
        Rate("归档率", said["all_filed"], closed),
        Rate("全要素归档率", said["all_full"], closed),
        Rate("电子证照率", said["with_file"], said["all_issued"]),
        Rate("电子印章率", said["with_seal"], said["all_issued"]),
    ]
