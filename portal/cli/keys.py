"""`yidang keys`: where the keys of seals lie. PINs, passphrases and tokens are read from files, never typed here."""

from pathlib import Path
from typing import Any

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rich.console import Console

from portal.cli import EXIT_NO, setup_django

out = Console()
KINDS = click.Choice(["rsa-3072", "p-256", "p-384"])


@click.group()
def keys() -> None:
    """Make keys of seals in a token, have them certified, put them in their place, try them."""


@keys.command()
@click.argument("label")
@click.argument("place")
@click.option("--kind", type=KINDS, default="rsa-3072", show_default=True)
def new(label: str, place: str, kind: str) -> None:
    """A new key in a token for the seal LABEL, certified by the test authority of this installation.

    PLACE is like pkcs11:token=TOKEN;object=KEY; the token's PIN stands in tokens/TOKEN.pin in the folder of keys.
    """
    from workers import certify_here, key_request

    seal = _seal(label)
    _said(seal, certify_here(seal, place, key_request(seal, place, kind)))


@keys.command()
@click.argument("label")
@click.argument("place")
@click.option("--kind", type=KINDS, default="rsa-3072", show_default=True)
def request(label: str, place: str, kind: str) -> None:
    """A new key in a token, and on standard output the certificate request (PEM) for an accredited authority."""
    from workers import key_request

    made = x509.load_der_x509_csr(key_request(_seal(label), place, kind))
    click.echo(made.public_bytes(Encoding.PEM).decode(), nl=False)


@keys.command()
@click.argument("label")
@click.argument("place")
@click.argument("certificates", type=click.Path(exists=True, path_type=Path))
def install(label: str, place: str, certificates: Path) -> None:
    """Put what the authority sent back (PEM: certificate first, then those above it) beside the key in the token."""
    from django.conf import settings

    from signing import install_certificates, token_place
    from workers import place_key

    seal = _seal(label)
    chain = x509.load_pem_x509_certificates(certificates.read_bytes())
    install_certificates(token_place(place, settings.KEYS_DIR, settings.PKCS11_MODULE), chain)
    _said(seal, place_key(seal, place))


@keys.command()
@click.argument("label")
@click.argument("place")
def place(label: str, place: str) -> None:
    """The key of the seal LABEL lies at PLACE: pkcs12:NAME, pkcs11:token=TOKEN;object=KEY or remote:NAME."""
    from workers import place_key

    seal = _seal(label)
    _said(seal, place_key(seal, place))


@keys.command()
def check() -> int:
    """Try the key of every seal in force."""
    setup_django()
    from workers import check_keys, prepare

    prepare()
    found = check_keys()
    for one in found:
        said = f"不可用 [{one.code}] {one.message}" if one.code else f"可用（{one.signer}）"
        out.print(f"{one.seal}：{said}", highlight=False, markup=False)
    return EXIT_NO if any(one.code for one in found) else 0


def _seal(label: str) -> Any:
    setup_django()
    from signing import Seal
    from workers import prepare

    prepare()
    seal = Seal.objects.filter(label=label).first()
    if seal is None:
        known = "、".join(Seal.objects.values_list("label", flat=True))
        raise click.UsageError(f"没有名为“{label}”的印章；现有：{known}")
    return seal


def _said(seal: Any, key: Any) -> None:
    ends = f"{key.certificate.not_valid_after_utc:%Y-%m-%d}"
    out.print(f"“{seal.label}”的密钥可用，证书 {key.fingerprint[:16]}…，有效期至 {ends}", highlight=False, markup=False)
