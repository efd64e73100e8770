"""Certificates and notices as PDF/A-2b: Typst templates, fonts from a wheel, about 0.1 s.

Data reaches a template as JSON only and is never set as markup: "1#号楼", "*" and "@" print as they are; what our fonts
have no glyph for prints as its code point. The same data and date give the same bytes.
"""

import datetime as dt
import functools
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from signing.errors import RenderFailed
from signing.printable import printable_data
from signing.qr import qr_svg

TEMPLATES = Path(__file__).parent / "templates"
NAMES = frozenset(path.stem for path in TEMPLATES.glob("*.typ"))
_lock = threading.Lock()  # one compiler serves one thread at a time


def render(template: str, data: Mapping[str, Any], *, created: dt.datetime) -> bytes:
    """Set a template with data and return the PDF.

    Args:
        template: `project_filing` and `construction_permit` (lines by their official names, 编号, 证照标识, 发证机关,
            发证日期, and 查验地址 for the QR), `joint_acceptance` (编号, facts of the works, 验收范围, 单项意见 as
            rows, 结论), `stage_form` (标题, 编号, 事项, 范围, 栏目 as sections of rows, 申请人, 日期), `notice`
            (标题, 编号, 致, 正文 as a list of sentences, 表头 and 表 as rows of cells, 落款, 日期), `commitment` or
            `personal_list` (标题, 项目, 类别, 情形, 摘要, 事项 with their 材料 as rows of cells, 待答, 日期).
        data: what JSON can carry; a missing field is left blank on the page.
        created: aware; the creation date that the file states.

    Raises:
        RenderFailed: no such template, the data is no JSON, or it does not fit the template.
    """
    if template not in NAMES:
        raise RenderFailed(f"没有模板 {template}：可用 {'、'.join(sorted(NAMES))} (no such template)")
    values = printable_data(data)
    if address := values.get("查验地址"):
        values["qr"] = qr_svg(str(address))
    try:
        payload = json.dumps(values, ensure_ascii=False, allow_nan=False)
        with _lock:
            pdf = _compiler(template).compile(
                sys_inputs={"data": payload}, format="pdf", pdf_standards=["a-2b"], timestamp=int(created.timestamp())
            )
    except (TypeError, ValueError, typst.TypstError) as error:
        raise RenderFailed(f"模板 {template} 无法套用这些数据：{error}") from error
    if not isinstance(pdf, bytes):
        raise RenderFailed(f"模板 {template} 没有产生 PDF (the template gave no PDF)")
    return pdf


@functools.cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=[pylopdf_fonts_zh_cn.sans_path().parent],
        ignore_system_fonts=True,  # the same bytes on every machine
        package_path=TEMPLATES / "packages",  # templates use no packages, so nothing is ever fetched
        package_cache_path=TEMPLATES / "packages",
    )
