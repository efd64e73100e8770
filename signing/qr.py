"""The QR code on a certificate: an address and a random token, never personal data.

No standard fixes the content; public systems use an opaque code that a server resolves, and so do we.
"""

import io
import re
import secrets
from urllib.parse import quote

import qrcode
import qrcode.constants
import qrcode.image.svg

TOKEN_BYTES = 16
"""128 bits: tokens cannot be counted through."""
CORRECTION = qrcode.constants.ERROR_CORRECT_M
"""15 % may be lost: enough for a folded print, and still coarse enough for a phone."""
_VERIFICATION = re.compile(r"https?://[^\s?#]+/(?:v|verify)/([A-Za-z0-9_-]{22})/?")
"""Addresses of `verification_url` for tokens of `new_token`, and their long spelling. Any host: the portal's address
changes over the years, and a token is ours or not whatever stands before it."""
BORDER_MODULES = 4
"""The quiet zone that ISO/IEC 18004 asks for."""


def new_token() -> str:
    """A random token (22 URL-safe characters) to look a certificate up by."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def verification_url(base: str, token: str) -> str:
    """The address that shows a certificate's state, such as https://host/v/<token>."""
    return f"{base.rstrip('/')}/v/{quote(token, safe='')}"


def token_of(text: str) -> str | None:
    """The token in a verification address as we print them; None for any other text."""
    found = _VERIFICATION.fullmatch(text.strip())
    return found.group(1) if found else None


def qr_png(text: str, pixels_per_module: int = 8) -> bytes:
    """The code as PNG, black on white, with its quiet zone."""
    image = _code(text, pixels_per_module).make_image()
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()


def qr_svg(text: str) -> str:
    """The code as one SVG path, sharp at any size; for `render`."""
    image = _code(text, 10).make_image(image_factory=qrcode.image.svg.SvgPathImage)
    return str(image.to_string(encoding="unicode"))


def code128_svg(text: str) -> str:
    """A Code 128 as SVG with its quiet zones and the text beneath, for sheets that a scanner reads."""
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    return str(code.to_svg(add_quiet_zones=True, add_hrt=True))


def _code(text: str, box_size: int) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=CORRECTION, box_size=box_size, border=BORDER_MODULES)
    code.add_data(text)
    code.make(fit=True)
    return code
