"""The two piles of the demonstration: what an applicant hands in for the construction permits of two works."""

from pathlib import Path

from samples.making import make_digital, make_document, save_sheets
from samples.truth import Batch, Document, Pile, SampleFile
from samples.world import PROJECT_CODE, WORKS, WorksName

PILE_ANSWERS = {
    "sensitive": "否",
    "investment": "企业",
    "approval": "备案",
    "land": "出让",
    "low-risk": "否",
    "fire-special": "否",
    "civil-defence": "否",
    "delegate": "是",
}
"""What the window is told of the project of both piles."""


def make_project_pile(out: Path, *, seed: int = 1) -> Pile:
    """The pile for 1号厂房, in two batches, with `truth.json` beside them.

    `first/` has two planted faults: the letter of attorney bears no company seal (and lies upside down), and the
    notice of award is missing. `second/` brings both as they should be.
    """
    first, second = out / "first", out / "second"
    land, works = (make_document(code, seed=seed, strength="strong") for code in ("OUT-YDGH", "OUT-GCGH"))
    letter = make_document("M-SQWT", seal=False, rotate=180, seed=seed)
    files = (
        _scan(first / "申请表.jpg", "M-SQB", seed=seed),
        _licence(first / "营业执照.png", seed),
        SampleFile(letter.save(first / "授权委托书.jpg"), (letter.document,)),
        SampleFile(save_sheets(first / "规划许可.pdf", [land, works]), (land.document, works.document)),
        _scan(first / "施工合同.tif", "M-SGHT", seed=seed),
        _digital(first / "审查合格书.pdf", "OUT-ST", seed=seed),
        _digital(first / "土地出让合同.pdf", "OUT-CRHT", seed=seed),
        _scan(second / "中标通知书.jpg", "OUT-ZB", seed=seed, batch="second"),
        _scan(second / "授权委托书.jpg", "M-SQWT", seed=seed + 1, batch="second"),
    )
    return _finished(out, "1号厂房", files, missing=("OUT-ZB",))


def make_second_case_pile(out: Path, *, seed: int = 1) -> Pile:
    """The pile for 2号厂房 of the same project: only what belongs to the works; the archive holds the rest."""
    works: WorksName = "2号厂房"
    files = (
        _scan(out / "申请表.jpg", "M-SQB", works, seed=seed),
        _scan(out / "施工合同.tif", "M-SGHT", works, seed=seed),
        _digital(out / "审查合格书.pdf", "OUT-ST", works, seed=seed),
        _scan(out / "中标通知书.jpg", "OUT-ZB", works, seed=seed),
    )
    return _finished(out, works, files, missing=())


def _scan(path: Path, material: str, works: WorksName = "1号厂房", *, seed: int, batch: Batch = "first") -> SampleFile:
    sheet = make_document(material, works_name=works, seed=seed)
    return SampleFile(sheet.save(path), (sheet.document,), batch)


def _licence(path: Path, seed: int) -> SampleFile:
    sheet = make_document("M-YYZZ", degrade="clean", seed=seed)
    return SampleFile(sheet.save(path), (sheet.document,))


def _digital(path: Path, material: str, works: WorksName = "1号厂房", *, seed: int) -> SampleFile:
    content, document = make_digital(material, works_name=works, seed=seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    documents: tuple[Document, ...] = (document,)
    return SampleFile(path, documents)


def _finished(out: Path, works: WorksName, files: tuple[SampleFile, ...], missing: tuple[str, ...]) -> Pile:
    pile = Pile(out, PROJECT_CODE, WORKS[works].name, files, missing, PILE_ANSWERS)
    pile.write_truth()
    return pile
