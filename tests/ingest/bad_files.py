"""Makes the files of the tests: good ones in every shape a scanner gives, and the bad ones that the window meets."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pillow_heif
from PIL import Image, ImageDraw

MEBI = 1024 * 1024


def picture(width: int = 620, height: int = 877, mode: str = "RGB") -> Image.Image:
    """A page with a black bar at its top left, so that turns show."""
    page = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(page).rectangle((20, 20, width // 2, 60), fill="black")
    return page.convert(mode)


def pdf(path: Path, contents: Sequence[bytes], *, box: Sequence[int] = (0, 0, 595, 842), rotate: int = 0) -> Path:
    """A PDF with one page for each content stream; font /F1 is Helvetica."""
    with pikepdf.new() as document:
        font = document.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        for content in contents:
            document.add_blank_page(page_size=(box[2], box[3]))
            page = document.pages[-1]
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            page.Contents = document.make_stream(content)
            if rotate:
                page.Rotate = rotate
        document.save(path)
    return path


def text_at(x: int, y: int, words: str, size: int = 20) -> bytes:
    return f"BT /F1 {size} Tf {x} {y} Td ({words}) Tj ET\n".encode()


def encrypted_pdf(path: Path, user: str, owner: str) -> Path:
    pdf(path, [text_at(72, 700, "Secret")])
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.save(path, encryption=pikepdf.Encryption(user=user, owner=owner))
    return path


def zeros(gigabytes: int) -> bytes:
    """A Flate stream that unpacks to so many gigabytes of zeros, made without unpacked bytes: one block, repeated."""
    machine = zlib.compressobj(9, wbits=-15)
    block = machine.compress(bytes(MEBI)) + machine.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, wbits=-15).flush()
    # Adler-32 of n zeros (RFC 1950, 8.2): the first sum stays 1, the second counts them.
    checksum = ((gigabytes * 1024 * MEBI % 65521) << 16 | 1).to_bytes(4, "big")
    return b"\x78\xda" + block * (gigabytes * 1024) + last + checksum


def bomb_as_content(path: Path, packed: bytes, layers: int = 1) -> Path:
    """A page whose drawing commands are the packed stream."""
    with pikepdf.new() as document:
        document.add_blank_page()
        stream = pikepdf.Stream(document, b"")
        stream.write(packed, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * layers))
        document.pages[0].Contents = document.make_indirect(stream)
        document.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return path


def bomb_as_image(path: Path, packed: bytes, width: int, height: int) -> Path:
    """A page whose image is the packed stream, in three channels."""
    with pikepdf.new() as document:
        document.add_blank_page()
        stream = pikepdf.Stream(document, b"")
        stream.write(packed, filter=pikepdf.Name.FlateDecode)
        for name, value in {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": width,
            "/Height": height,
            "/ColorSpace": pikepdf.Name.DeviceRGB,
            "/BitsPerComponent": 8,
        }.items():
            stream[name] = value
        page = document.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=document.make_indirect(stream)))
        page.Contents = document.make_stream(b"q 600 0 0 700 0 0 cm /Im0 Do Q")
        document.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return path


def scanned_pdf(path: Path, dpi: int, *, text: bytes = b"") -> Path:
    """An A5 sheet as one JPEG over the whole page, with text over it where given."""
    scan = io.BytesIO()
    picture(round(420 / 72 * dpi), round(595 / 72 * dpi)).save(scan, "JPEG")
    width, height = picture(round(420 / 72 * dpi), round(595 / 72 * dpi)).size
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(420, 595))
        image = pikepdf.Stream(document, b"")
        image.write(scan.getvalue(), filter=pikepdf.Name.DCTDecode)
        image["/Type"], image["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
        image["/Width"], image["/Height"] = width, height
        image["/ColorSpace"], image["/BitsPerComponent"] = pikepdf.Name.DeviceRGB, 8
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page = document.pages[0]
        page.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Im0=document.make_indirect(image)), Font=pikepdf.Dictionary(F1=font)
        )
        page.Contents = document.make_stream(b"q 420 0 0 595 0 0 cm /Im0 Do Q " + text)
        document.save(path)
    return path


def one_colour_png(path: Path, width: int, height: int) -> Path:
    """A grey PNG of one colour, written line by line: 400 million pixels in half a megabyte."""
    machine = zlib.compressobj(9)
    row = b"\0" + b"\xff" * width
    data = b"".join(machine.compress(row) for _ in range(height)) + machine.flush()

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


def heic(path: Path, image: Image.Image, *, orientation: int = 1, only_exif: bool = False) -> Path:
    """A photograph as a phone stores it: turned by the file's own property and by EXIF, or by EXIF alone."""
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x0112] = orientation
    # The writer adds the property only where it is given bytes.
    image.save(path, "HEIF", exif=exif if only_exif else exif.tobytes())
    return path


def archive(path: Path, names: Sequence[str], *, first: tuple[str, str] | None = None) -> Path:
    """A zip with files of those names, and a first one stored plain where given, as Office and OFD files are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        if first:
            packed.writestr(*first, compress_type=zipfile.ZIP_STORED)
        for name in names:
            packed.writestr(name, "<x/>" * 50)
    return path


def tiff(path: Path, pages: int, **options: object) -> Path:
    first, *others = [picture() for _ in range(pages)]
    first.save(path, save_all=True, append_images=others, **options)
    return path
