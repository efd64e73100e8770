import io

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.reader import PdfFileReader

from signing import KeyUnusable, SealKey, TestAuthority, validate_pdf
from tests.signing.conftest import NOW, OWNER, seal


def curve_key(authority: TestAuthority, curve: ec.EllipticCurve) -> SealKey:
    """A seal key on a curve, certified like the others."""
    issuer, made = authority._key("operating"), ec.generate_private_key(curve)
    template = authority.seal_key(OWNER, "行政审批专用章").certificate
    builder = x509.CertificateBuilder(template.issuer, template.subject, made.public_key(), 4711)
    builder = builder.not_valid_before(template.not_valid_before_utc).not_valid_after(template.not_valid_after_utc)
    for wanted in (x509.BasicConstraints, x509.KeyUsage, x509.AuthorityKeyIdentifier):
        extension = template.extensions.get_extension_for_class(wanted)
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return SealKey(made, builder.sign(issuer.key, hashes.SHA256()), (issuer.certificate,))


def labels(sealed: bytes) -> tuple[str, str, str]:
    """What a file says of its seal: digest, signature, and the digest its timestamp is over."""
    (signature,) = PdfFileReader(io.BytesIO(sealed)).embedded_signatures
    info = signature.signer_info
    token = info["unsigned_attrs"][0]["values"][0]
    imprint = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
    return (
        info["digest_algorithm"]["algorithm"].native,
        info["signature_algorithm"]["algorithm"].native,
        imprint["hash_algorithm"]["algorithm"].native,
    )


@pytest.mark.parametrize(
    ("curve", "asked", "digest", "label"),
    [
        (None, "", "sha256", "sha256_rsa"),
        (None, "sha512", "sha512", "sha512_rsa"),
        (ec.SECP256R1(), "", "sha256", "sha256_ecdsa"),
        (ec.SECP384R1(), "", "sha384", "sha384_ecdsa"),
        (ec.SECP384R1(), "sha512", "sha512", "sha512_ecdsa"),
    ],
)
def test_every_kind_of_key_seals_and_is_labelled_as_what_it_is(  # noqa: PLR0913, PLR0917
    permit: bytes,
    key: SealKey,
    authority: TestAuthority,
    curve: ec.EllipticCurve | None,
    asked: str,
    digest: str,
    label: str,
) -> None:
    used = curve_key(authority, curve) if curve else key
    sealed = seal(permit, used, authority, digest=asked)
    found = validate_pdf(sealed, authority.roots, crls=authority.crls(), at=NOW)
    assert found.verdict == "valid", found.reasons
    assert labels(sealed) == (digest, label, digest)


@pytest.mark.parametrize("digest", ["sha1", "md5", "SHA256"])
def test_a_digest_we_do_not_use_seals_nothing(
    permit: bytes, key: SealKey, authority: TestAuthority, digest: str
) -> None:
    with pytest.raises(KeyUnusable):
        seal(permit, key, authority, digest=digest)


def test_a_key_does_not_show_itself(key: SealKey) -> None:
    assert "PrivateKey" not in repr(key)
