"""A closed case of one department with everything that hangs on it, for whoever tries to see it."""

import re
from typing import Any

from archive import HeldMaterial
from ingest import Case, ParallelCase, index_page
from portal.roles import Role
from tests.portal import factories

LAND = "自然资源局"
PHRASE = "绝密工艺参数七十三"


class Closed:
    """A closed case of the building department with everything that hangs on it, and a stranger's view of it."""

    def __init__(self) -> None:
        self.clerk = factories.user(Role.CLERK, name="opener")
        self.case = factories.case(self.clerk, state=Case.State.ARCHIVED)
        self.parallel = ParallelCase.objects.create(project=self.case.project, stage="3", opened_by=self.clerk)
        Case.objects.filter(pk=self.case.pk).update(parallel=self.parallel)
        self.case.refresh_from_db()
        self.upload = factories.upload(self.case)
        self.page = factories.page(self.upload)
        self.page.reading["lines"] = [
            {"text": PHRASE, "box": factories.BOX, "score": 0.99, "orientation": "h", "source": "ocr"}
        ]
        self.page.save()
        index_page(self.page)
        self.material = factories.material(self.upload)
        self.certificate = factories.certificate(self.case, type="OUT-RF", holder_name="甲乙丙丁公司")
        self.package = factories.package(self.case)
        self.held = HeldMaterial.objects.create(
            package=self.package, type="M-SGHT", name="施工合同", subject_kind="works", subject="S/W", number="HT-7731",
            sha256=self.upload.sha256, sm3="0" * 64, size=1, media_type="image/jpeg", held_since=factories.NOW,
        )  # fmt: skip

    @property
    def filled(self) -> dict[str, str]:
        return {
            "<int:page>": str(self.page.pk),
            "<str:upload>": self.upload.number,
            "<int:material>": str(self.material.pk),
            "<int:held>": str(self.held.pk),
            "<held>": str(self.held.pk),
            "<int:certificate>": str(self.certificate.pk),
            "<str:sha256>": self.certificate.sealed_sha256,
            "<str:code>": self.case.project.code,
        }

    def number_of(self, route: str) -> str:
        if route.startswith("packages/"):
            return self.package.number
        return self.parallel.number if "parallel/<" in route else self.case.number


def told(response: Any, path: str) -> str:
    """The answer without what the asker said: the address, and the token of the form."""
    text = response.content.decode().replace(path, "")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*', "", text)
