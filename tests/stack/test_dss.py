"""Our seals as the EU's validator (DSS, by ETSI EN 319 102-1) judges them: offline, with our root alone.

The library comes from Maven; `tests/stack/dss` drives it. What it finds is printed.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signing import TestAuthority, preserve_pdf, render
from tests.signing.conftest import PERMIT, seal
from tests.signing.lasting import Office, later
from tests.signing.test_keys import curve_key
from tests.stack.java_programs import java_program

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
PASSED, LTA = "TOTAL_PASSED", "PAdES-BASELINE-LTA"


@pytest.fixture(scope="module")
def dss() -> Callable[..., str]:
    return java_program("dss", "Dss")


def test_every_seal_passes_now_in_nine_years_and_renewed_in_fifteen(
    dss: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # the library compares with the clock of the machine, so the seals are of now
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    office = Office(TestAuthority.ensure(tmp_path / "authority", now), now)
    files = {"one": office.kept(1), "two": office.kept(2), "unkept": office.sealed(1)}
    permit = render("construction_permit", PERMIT, created=now)
    for name, curve in (("P-256", ec.SECP256R1()), ("P-384", ec.SECP384R1())):
        sealed = seal(permit, curve_key(office.authority, curve), office.authority, tsa=office.tsa, now=now)
        trust = office.authority
        files[name] = preserve_pdf(sealed, trust.roots, trust.crls(), tsa=office.tsa, now=now)
    files["changed"] = files["two"].replace(b"1.7", b"1.6", 1)
    eight = office.after(8)
    files |= {"one-renewed": eight.renewed(files["one"]), "two-renewed": eight.renewed(files["two"])}
    asked = [(name, 0) for name in ("one", "two", "unkept", "changed")]
    asked += [(name, years) for name in ("one", "two", "P-256", "P-384") for years in (1, 5, 9)]
    asked += [(name, 15) for name in ("one-renewed", "two-renewed")]
    asked += [("one", 20)]
    root = tmp_path / "root.der"
    root.write_bytes(office.authority.roots[0].public_bytes(Encoding.DER))
    words: list[object] = [root]
    for name, years in asked:
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(files[name])
        words += [path, f"{later(now, years):%Y-%m-%dT%H:%M:%SZ}" if years else "-"]
    said = dss(*words)
    with capsys.disabled():
        print(f"\n{said}")  # noqa: T201  the indications are what the test is run for
    lines = iter(said.splitlines())
    found = [[next(lines).split("\t") for _ in range(2 if name[:3] in {"two", "cha"} else 1)] for name, _ in asked]
    assert next(lines, None) is None
    for (name, years), seals in zip(asked, found, strict=True):
        assert {seal[0] for seal in seals} == {f"{name}.pdf"}
        verdicts = {(seal[1], seal[3]) for seal in seals}
        if name == "changed":
            assert verdicts == {("TOTAL_FAILED", LTA)}
        elif name == "unkept":  # without the archive data it cannot be judged offline
            assert verdicts == {("INDETERMINATE", "PAdES-BASELINE-T")}
        elif (name, years) == ("one", 20):  # its timestamp certificate has ended, and nobody renewed it
            assert verdicts == {("INDETERMINATE", LTA)}
        else:
            assert verdicts == {(PASSED, LTA)}, (name, years, seals)
