"""Makes small Word and Excel files of the tests, written as the XML that they are."""

from pathlib import Path

from samples import ofd

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def docx(
    path: Path, words: list[str], *, relations: str = "", inside: str = "", more: dict[str, bytes] | None = None
) -> Path:
    """A Word file with one paragraph for each of the words; `relations` of the document and XML inside it as given."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{word}</w:t></w:r></w:p>" for word in words)
    body = f'<w:document xmlns:w="{_WORD}"><w:body>{paragraphs}{inside}</w:body></w:document>'
    return _write(
        path,
        "word/document.xml",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        {"word/document.xml": body, "word/_rels/document.xml.rels": _related(relations)},
        more,
    )


def xlsx(path: Path, rows: list[list[str]]) -> Path:
    """An Excel file with one sheet of texts."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows
    )
    book = f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets><sheet name="清单" sheetId="1" r:id="rId1"/></sheets></workbook>'  # fmt: skip  # noqa: E501
    sheet = f'<worksheet xmlns="{_SHEET}"><sheetData>{cells}</sheetData></worksheet>'
    relation = f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    return _write(
        path,
        "xl/workbook.xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        {
            "xl/workbook.xml": book,
            "xl/worksheets/sheet1.xml": sheet,
            "xl/_rels/workbook.xml.rels": _related(relation),
        },
        None,
        sheet=True,
    )


def _related(relations: str) -> str:
    return f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'


def _write(  # noqa: PLR0913, PLR0917
    path: Path,
    main: str,
    kind: str,
    parts: dict[str, str],
    more: dict[str, bytes] | None,
    sheet: bool = False,  # noqa: FBT001, FBT002
) -> Path:
    sheet_type = '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>' if sheet else ""  # fmt: skip  # noqa: E501
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/{main}" ContentType="{kind}"/>{sheet_type}</Types>',
        "_rels/.rels": _related(f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="{main}"/>'),
        **parts,
    }
    path.write_bytes(ofd.pack({**{name: (_HEAD + text).encode() for name, text in files.items()}, **(more or {})}))
    return path
