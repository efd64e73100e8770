"""Forgeries made as a proper program makes a change: an incremental update behind the sealed file."""

import io
from collections.abc import Callable

from asn1crypto import crl as asn1_crl
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.validation import DocumentSecurityStore

from tests.signing.attacks.ground import NOW, Ground, Shown, seal
from tests.signing.conftest import OWNER

Change = Callable[[IncrementalPdfFileWriter], None]


def incremental(pdf: bytes, change: Change) -> bytes:
    """The file with a change written behind it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def changed(change: Change, of: str = "one") -> Callable[[Ground], bytes]:
    """The maker of a file with that change."""
    return lambda ground: incremental(getattr(ground, of), change)


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.FloatObject, values))


def drawing(writer: IncrementalPdfFileWriter, commands: bytes, *, form: bool = True) -> generic.IndirectObject:
    """A white cover, or whatever the commands draw."""
    keys = {pdf_name("/Type"): pdf_name("/XObject"), pdf_name("/Subtype"): pdf_name("/Form")} if form else {}
    if form:
        keys[pdf_name("/BBox")] = numbers(0, 0, 800, 500)
    return writer.add_object(generic.StreamObject(keys, stream_data=commands))


def first_page(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    return writer.root["/Pages"]["/Kids"].raw_get(0)


def first_field(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    return writer.root["/AcroForm"]["/Fields"].raw_get(0)


def overlay(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    ink = drawing(writer, b"q 1 1 1 rg 80 300 400 25 re f Q", form=False)
    page.get_object()["/Contents"] = generic.ArrayObject([page.get_object().raw_get("/Contents"), ink])
    writer.mark_update(page)


def page_swapped(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    page.get_object()["/Contents"] = drawing(writer, b"1 0 0 rg 0 0 400 400 re f", form=False)
    writer.mark_update(page)


def page_appended(writer: IncrementalPdfFileWriter) -> None:
    tree = writer.root.raw_get("/Pages")
    page = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Page"), pdf_name("/Parent"): tree})
    page["/MediaBox"], page["/Resources"] = numbers(0, 0, 595, 842), generic.DictionaryObject()
    tree.get_object()["/Kids"].append(writer.add_object(page))
    tree.get_object()["/Count"] = generic.NumberObject(len(tree.get_object()["/Kids"]))
    writer.mark_update(tree)


def appearance(writer: IncrementalPdfFileWriter) -> None:
    field = first_field(writer)
    drawn = drawing(writer, b"0 0 1 rg 0 0 119 119 re f")
    field.get_object()["/AP"] = generic.DictionaryObject({pdf_name("/N"): drawn})
    writer.mark_update(field)


def moved(writer: IncrementalPdfFileWriter) -> None:
    field = first_field(writer)
    field.get_object()["/Rect"] = numbers(50, 50, 170, 170)
    writer.mark_update(field)


def seal_hidden(writer: IncrementalPdfFileWriter) -> None:
    field = first_field(writer)
    field.get_object()["/F"] = generic.NumberObject(2)
    writer.mark_update(field)


def seal_stripped(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/AcroForm"]
    writer.update_root()


def last_seal_stripped(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject([form["/Fields"].raw_get(0)])
    writer.update_root()
    writer.update_container(form)


def value_emptied(writer: IncrementalPdfFileWriter) -> None:
    """The seal's field stays and loses its signature."""
    field = first_field(writer)
    del field.get_object()["/V"]
    writer.mark_update(field)


def store_stripped(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/DSS"]
    writer.update_root()


def annotation(kind: str) -> Change:
    """Evil annotation: an annotation with a look of its own over the words."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = first_page(writer)
        note = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Annot"), pdf_name("/Subtype"): pdf_name(kind)})
        note["/Rect"], note["/F"] = numbers(80, 300, 480, 330), generic.NumberObject(4)
        drawn = drawing(writer, b"1 1 1 rg 0 0 800 500 re f")
        note["/AP"] = generic.DictionaryObject({pdf_name("/N"): drawn})
        page.get_object()["/Annots"].append(writer.add_object(note))
        writer.mark_update(page)

    return change


def empty_field_over_the_page(writer: IncrementalPdfFileWriter) -> None:
    """Sneaky signature without a signature: a new, empty signature field that is drawn over the page."""
    append_signature_field(writer, SigFieldSpec("Witness", box=(80, 300, 480, 330)))
    field = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    drawn = drawing(writer, b"1 1 1 rg 0 0 800 500 re f")
    field.get_object()["/AP"] = generic.DictionaryObject({pdf_name("/N"): drawn})


def title_changed(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("another title")}))


def script_added(writer: IncrementalPdfFileWriter) -> None:
    action = generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript")})
    action["/JS"] = generic.pdf_string("app.alert(1)")
    writer.root["/OpenAction"] = action
    writer.update_root()


def permissions_dropped(writer: IncrementalPdfFileWriter) -> None:
    """The certification is taken out of the catalogue, so that more could be added."""
    del writer.root["/Perms"]
    writer.update_root()


def nothing_but_an_object(writer: IncrementalPdfFileWriter) -> None:
    """An object that nothing names, as a store for a later change."""
    writer.add_object(generic.StreamObject(stream_data=b"kept for later"))


def sealed_over_by_a_stranger(ground: Ground) -> bytes:
    """Sneaky signature: the forger adds a seal of his own, whose picture covers the words."""
    place = ground.beside.__class__(0, (40, 200, 800, 560), 0)
    return seal(ground.two, ground.forged_key, ground.forger, certify=False, anchor=place)


def sealed_over_by_a_colleague(ground: Ground) -> bytes:
    """The same with a seal of our own authority that does not belong there."""
    place = ground.beside.__class__(0, (40, 200, 800, 560), 0)
    third = ground.authority.seal_key("江澜市水务局", "公章")
    return ground.preserved(seal(ground.both, third, ground.authority, certify=False, anchor=place))


def with_lists(pdf: bytes, *lists: bytes) -> bytes:
    """The file with revocation lists put into its security store."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    crls = [asn1_crl.CertificateList.load(one) for one in lists]
    DocumentSecurityStore.supply_dss_in_writer(writer, None, crls=crls)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def forged_list(ground: Ground, *, ours_at_hand: bool) -> Shown:
    """A list of another authority of the same names says that nothing was revoked."""
    ours = ground.new_authority()
    key = ours.seal_key(OWNER, "失窃章")
    sealed = seal(ground.permit, key, ours)
    ours.revoke(key.serial, NOW)
    pdf = with_lists(sealed, *ground.forger.crls())
    return Shown(pdf, {"roots": ours.roots, "crls": ours.crls() if ours_at_hand else ()})


def lists_added_behind(ground: Ground) -> bytes:
    """A forged list in the store of a finished certificate: it changes nothing, and is no part of what we issued."""
    return with_lists(ground.one, *ground.forger.crls())


def _field_over_the_page(writer: IncrementalPdfFileWriter, value: generic.PdfObject) -> None:
    empty_field_over_the_page(writer)
    writer.root["/AcroForm"]["/Fields"].raw_get(-1).get_object()["/V"] = value


def signature_lent(writer: IncrementalPdfFileWriter) -> None:
    """A new field over the page that names the signature of the true one as its own."""
    _field_over_the_page(writer, first_field(writer).get_object().raw_get("/V"))


def signature_copied(writer: IncrementalPdfFileWriter) -> None:
    """A new field over the page with a copy of the true signature."""
    true = first_field(writer).get_object()["/V"]
    copy = generic.DictionaryObject({pdf_name(key): true.raw_get(key) for key in true})
    _field_over_the_page(writer, writer.add_object(copy))
