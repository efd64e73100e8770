"""An OFD edition of a sealed permit, made once for all tests, and how the tests look at one."""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from ingest.inspection import inspect
from ingest.paging import PagePicture, paginate
from signing import OfdOrder, Sm2Authority, Validation, draw_seal, make_ofd_edition, read_certificates, validate_ofd
from signing.ofd_writing import pack_ofd

OWNER, LABEL = "江澜市行政审批局", "行政审批专用章"
NUMBER = "9901010000018"
FACTS = {"证照编号": "990101202611220101", "证照标识": "1.2.156.3005.2.1"}
AT = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
HONEST = {"no-timestamp", "revocation-unknown"}
"""What is said of every good OFD seal: neither is checked."""


def order(authority: Sm2Authority, owner: str = OWNER, near: str = "") -> OfdOrder:
    user, maker = authority.seal_key(owner, LABEL, AT), authority.maker(AT)
    return OfdOrder(NUMBER, f"{owner}{LABEL}（测试）", draw_seal(owner, NUMBER), user, maker, near)


def edition(pdf: bytes, *orders: OfdOrder) -> bytes:
    return make_ofd_edition(pdf, orders, title="建筑工程施工许可证", author=OWNER, facts=FACTS, now=AT)


def judged(ofd: bytes, authority: Sm2Authority) -> Validation:
    return validate_ofd(io.BytesIO(ofd), read_certificates(authority.roots_folder), at=AT)


def is_found_good(ofd: bytes, authority: Sm2Authority, *, seals: int = 1) -> bool:
    found = judged(ofd, authority)
    return {reason.code for reason in found.reasons} == HONEST and len(found.seals) == seals


def unpacked(ofd: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(ofd)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    return pack_ofd(files)


def pages(data: bytes, folder: Path, name: str) -> tuple[PagePicture, ...]:
    """The pages as our own reader takes them in; their pictures lie in `folder`/`name`."""
    out = folder / name
    out.mkdir()
    path = folder / f"file.{name}"
    path.write_bytes(data)
    return tuple(paginate(path, inspect(path), out))


def words(found: tuple[PagePicture, ...]) -> list[str]:
    return [line["text"] for page in found for line in page.own_text]
