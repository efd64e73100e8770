"""For every code one planted fault: what is changed in a whole package, and the object that must be named."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf

from archive import LocalStore, Manifest, Matter, digest_bytes, object_key
from archive.inspection import LogFacts, OperationFacts, VirusFacts
from samples import ofd
from tests.archive import sample_package as sample
from tests.archive.inspection.whole_package import NUMBER, Parts, notice, row, scan
from tests.ingest import ofd_files

Plant = Callable[[Parts], Any]
FORM, CONTRACT = "申报文件/001_建筑工程施工许可证申请表.pdf", "申报文件/002_建设工程施工合同.jpg"
PERMIT = "结果文件/001_建筑工程施工许可证.pdf"


def change(**of: Any) -> Callable[[Manifest], Manifest]:
    return lambda manifest: manifest.model_copy(update=of)


def change_case(**of: Any) -> Callable[[Manifest], Manifest]:
    return lambda manifest: manifest.model_copy(update={"case": manifest.case.model_copy(update=of)})


def change_element(path: str, /, **of: Any) -> Callable[[Manifest], Manifest]:
    def changed(manifest: Manifest) -> Manifest:
        elements = [e.model_copy(update=of) if e.path == path else e for e in manifest.elements]
        return manifest.model_copy(update={"elements": tuple(elements)})

    return changed


def later_event(manifest: Manifest) -> Manifest:
    *before, last = manifest.events
    return manifest.model_copy(update={"events": (*before, last.model_copy(update={"at": _LATER}))})


def misspelt(manifest: Manifest) -> Manifest:
    """As a system writes it that knows 档号 as one text alone."""
    return manifest.model_copy(
        update={"archive_number": "J001-XZ.2026-Y-SP-0007", "filing": None, "matter": None, "schema_version": 1}
    )


def of_manifest(by: Callable[[Manifest], Manifest]) -> Plant:
    return lambda parts: setattr(parts, "manifest", by)


def of_part(name: str, value: Any) -> Plant:
    return lambda parts: setattr(parts, name, value)


def of_register(**facts: Any) -> Plant:
    return lambda parts: parts.register.update(facts)


def of_file(key: str, name: str, data: bytes) -> Plant:
    def planted(parts: Parts) -> None:
        element, group, _, before = parts.files[key]
        parts.files[key] = (element, group, name, data)
        swap(parts.records, digest_bytes(before).sha256, digest_bytes(data).sha256)
        for requirement in parts.records["材料核对结果"]["requirements"]:
            requirement["files"] = [{"file": parts.files["form"][2]}]

    return planted


def swap(records: dict[str, Any], before: str, after: str) -> None:
    """The records tell of another file in the place of one."""
    for name, column in (("材料目录", "sha256"), ("识别结果", "upload")):
        for one in records[name]:
            one[column] = after if one[column] == before else one[column]


def of_record(name: str, by: Callable[[Any], Any]) -> Plant:
    return lambda parts: by(parts.records[name])


def lose(path: str) -> Plant:
    def stored(store: LocalStore, manifest: Manifest) -> None:
        store.delete(object_key(next(e.sha256 for e in manifest.elements if e.path == path)))

    return of_part("stored", stored)


def locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(notice("申请表"))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=""))
    return out.getvalue()


def private_pdf() -> bytes:
    """A stream under a filter that no standard names; it is never asked for by a page."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(notice("申请表"))) as pdf:
        stream = pdf.make_stream(b"packed by somebody", Filter=pikepdf.Name.AcmeDecode)
        pdf.Root.Acme = pdf.make_indirect(stream)
        pdf.save(out)
    return out.getvalue()


def ofd_with(extra: bytes, *, torn: bool = False) -> bytes:
    """An OFD of one page with a file more that no page names; torn: its checksum is wrong."""
    files = ofd.unpack(ofd_files.one_page())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
        package.writestr("Doc_0/more.bin", extra)
        place = package.getinfo("Doc_0/more.bin").header_offset
    data = bytearray(out.getvalue())
    if torn:
        data[place + 30 + len("Doc_0/more.bin") + 2] ^= 0xFF
    return bytes(data)


def two_pages() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(notice("申请表"))) as pdf:
        pdf.pages.append(pdf.pages[0])
        pdf.save(out)
    return out.getvalue()


def broken_scan() -> bytes:
    return scan()[: len(scan()) // 2]


def unlink_all(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.unlink()


_LATER = sample.NOW + dt.timedelta(days=400)
FAULTS: dict[str, tuple[Plant, str]] = {
    "1-1 a digest": (of_manifest(change_element(CONTRACT, sm3="0" * 64)), CONTRACT),
    "1-1 the seal": (of_file("permit", "建筑工程施工许可证.pdf", sample.sealed_permit() + b"\n%later\n"), PERMIT),
    "1-1 the log": (of_part("log", LogFacts("failed", "包含证明不成立")), "manifest.json"),
    "1-2": (of_manifest(change_case(works_name="厂" * 201)), "case.works_name"),
    "1-3": (of_manifest(change_case(project_code="晨曦项目")), "case.project_code"),
    "1-4": (of_manifest(change(matter=Matter(result="granted", kind="行政许可", stage="开工"))), "matter.stage"),
    "1-5 order": (of_manifest(change_case(accepted_at=sample.NOW - dt.timedelta(days=3))), NUMBER),
    "1-5 future": (of_manifest(later_event), NUMBER),
    "1-6": (of_manifest(change_case(project_name="晨曦\ue000项目")), "case.project_name"),
    "1-7 form": (of_manifest(misspelt), NUMBER),
    "1-7 parts": (of_register(fonds="J002"), NUMBER),
    "1-8": (of_register(duplicates=[("电子文件号", NUMBER, "另一件")]), NUMBER),
    "1-10": (of_manifest(change_element(CONTRACT, name="合同.pdf", media_type="image/png")), CONTRACT),
    "1-11": (of_record("材料目录", lambda rows: rows.append(row("图纸", "cd" * 32))), "材料目录"),
    "1-12": (of_record("材料目录", lambda rows: rows[0].pop("subject")), "材料目录"),
    "1-13": (of_manifest(change_element(CONTRACT, path="申报文件/合同.jpg")), "申报文件/合同.jpg"),
    "1-14": (of_register(manifest_sha256="ef" * 32), "manifest.json"),
    "2-1": (of_register(recorded_files=99), NUMBER),
    "2-2": (of_register(recorded_bytes=1), NUMBER),
    "2-3": (lambda parts: parts.records.pop("材料目录"), NUMBER),
    "2-4": (of_manifest(change_case(applicant_name=" ")), "case.applicant_name"),
    "2-5 a step": (
        lambda parts: (
            parts.records["办理过程"].pop(1),
            of_manifest(lambda m: m.model_copy(update={"events": (m.events[0], *m.events[2:])}))(parts),
        ),
        NUMBER,
    ),
    "2-5 the record": (of_record("办理过程", lambda rows: rows.pop()), "办理过程"),
    "2-6 serials": (of_register(missing_serials=[6]), NUMBER),
    "2-6 pages": (of_record("材料目录", lambda rows: rows[1].update(pages=[2])), "材料目录"),
    "2-7": (of_file("form", "建筑工程施工许可证申请表.pdf", two_pages()), FORM),
    "2-8": (of_record("识别结果", lambda rows: rows.append({"upload": "ef" * 32, "pages": [{}]})), "识别结果"),
    "2-9 an entry": (of_record("材料核对结果", lambda report: report["requirements"].clear()), "材料清单"),
    "2-9 an element": (lambda parts: parts.records.pop("审批决定"), NUMBER),
    "2-10": (
        of_manifest(
            lambda m: change_element(
                "共享材料/001_营业执照.pdf",
                provenance=next(e for e in m.elements if e.provenance).provenance.model_copy(update={"purpose": ""}),
            )(m)
        ),
        "共享材料/001_营业执照.pdf",
    ),
    "2-11": (lose(CONTRACT), CONTRACT),
    "3-1": (lambda parts: parts.records.update(时限记录=b'{"due": '), "时限记录.json"),
    "3-2": (of_register(row=None), NUMBER),
    "3-3": (of_manifest(change_element(CONTRACT, media_type="image/bmp")), CONTRACT),
    "3-4": (of_file("contract", "建设工程施工合同.jpg", broken_scan()), CONTRACT),
    "3-4-1": (of_file("form", "申请表.ofd", ofd_with(bytes(70 << 20))), "申报文件/001_申请表.ofd"),
    "3-4-2": (of_file("form", "申请表.ofd", ofd_with(bytes(range(256)) * 9, torn=True)), "申报文件/001_申请表.ofd"),
    "3-5": (of_file("form", "申请表.docx", ofd_with(b"")), "申报文件/001_申请表.docx"),
    "3-6": (lambda parts: parts.environment.update({"image/jpeg": ""}), NUMBER),
    "3-7": (of_part("replica", unlink_all), CONTRACT),
    "3-8 encryption": (of_file("form", "建筑工程施工许可证申请表.pdf", locked_pdf()), FORM),
    "3-8 compression": (of_file("form", "建筑工程施工许可证申请表.pdf", private_pdf()), FORM),
    "4-2": (of_part("virus", VirusFacts("ClamAV 1.4.3", "27832", {CONTRACT: "Eicar-Test-Signature"})), CONTRACT),
    "4-7 nobody": (of_record("办理过程", lambda rows: rows[1].update(actor=None)), "办理过程"),
    "4-7 the store": (of_part("operation", OperationFacts("x", ("归档存储的锁定可被绕过",))), NUMBER),
}
