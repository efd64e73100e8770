"""What can go wrong when sealing: one type for each failure a caller can act on.

Validation is not here: a bad file is an answer of `validate_pdf`, never an exception.
"""


class SigningError(Exception):
    """Sealing could not do what was asked. `code` is stable; the message says what to do."""

    code = "signing-error"


class KeyUnusable(SigningError):  # noqa: N818
    """The seal key cannot be opened: wrong passphrase, damaged file, or a kind of key we do not use."""

    code = "key-unusable"


class KeyUnavailable(KeyUnusable):
    """The token or the service that has the key is not there now. Nothing was sealed; try again later."""

    code = "key-unavailable"


class PinRefused(KeyUnusable):
    """The token or the service refuses the PIN. It is not tried again until its file was changed."""

    code = "pin-refused"


class NotApproved(SigningError):  # noqa: N818
    """The bytes to be sealed are not the bytes the officer approved."""

    code = "not-approved"


class AnchorNotFound(SigningError):  # noqa: N818
    """No place for the seal: the page text has no （盖章）."""

    code = "anchor-not-found"


class TimestampUnavailable(SigningError):  # noqa: N818
    """The timestamp authority gave no usable token. Nothing was sealed; try again later."""

    code = "timestamp-unavailable"


class SealRefused(SigningError):  # noqa: N818
    """The file cannot carry this seal: unreadable, encrypted, or certified against further seals."""

    code = "seal-refused"


class RenderFailed(SigningError):  # noqa: N818
    """The template could not be set with this data."""

    code = "render-failed"


class EditionRefused(SigningError):  # noqa: N818
    """An OFD edition cannot be made: the page draws with something that we do not convert, or a seal on it is bad."""

    code = "edition-refused"


class CertificateUnknown(SigningError):  # noqa: N818
    """The authority never issued a certificate with this serial number."""

    code = "certificate-unknown"


class RenewalRefused(SigningError):  # noqa: N818
    """An archive timestamp is not renewed: the file is not valid, or the new stamp would hold no longer."""

    code = "renewal-refused"


class ActRefused(SigningError):  # noqa: N818
    """An act on an issued certificate is not possible; `code` names the rule against it, the message what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NumbersUsedUp(SigningError):  # noqa: N818
    """The series of numbers has no room for another certificate today, or this year. Nothing was drawn."""

    code = "numbers-used-up"
