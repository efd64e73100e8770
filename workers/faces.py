"""The stage that makes the register's image of a certificate (登记影像), to be compared with a paper print."""

import ingest
from signing import NOT_YET_ISSUED, Certificate
from workers import zones
from workers.jobs import enqueue
from workers.stage import Arguments, NotExpectedError

JPEG = "image/jpeg"


def draw(arguments: Arguments) -> list[str]:
    """The pages as small marked pictures, kept among the derivatives; their digests."""
    certificate = _certificate(arguments)
    with zones.kept_file(certificate.sealed_sha256) as path:
        return [zones.keep_derivative(picture, JPEG).sha256 for picture in ingest.faces(path)]


def record(arguments: Arguments, digests: list[str]) -> None:
    """From now on the verification page shows them."""
    certificate = _certificate(arguments)
    certificate.faces = digests
    certificate.save(update_fields=["faces"])


def _certificate(arguments: Arguments) -> Certificate:
    certificate = Certificate.objects.get(pk=arguments["certificate"])
    if certificate.faces or not certificate.sealed_sha256 or certificate.state in NOT_YET_ISSUED:
        raise NotExpectedError("it has its image, or was not issued")
    return certificate


def ask_for_face(certificate: Certificate) -> None:
    """Have the image made of what was issued before there were any; asked for again and again, it is made once."""
    if certificate.sealed_sha256:
        enqueue("faces", case=certificate.case_number, certificate=certificate.pk)
