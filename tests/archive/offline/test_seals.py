"""Seals judged by the offline verifier, against the table of forgeries that ours is held against."""

import ast
import random
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.archive.offline.judging import program, verifier
from tests.signing.attacks.ground import Ground, Shown
from tests.signing.attacks.table import TABLE, Row
from tests.signing.conftest import NOW

VERDICTS = {"ok": "valid", "failed": "invalid", "unknown": "unknown"}
OTHERWISE = {
    "签名里无人签过的字节": "valid",
    "出示我们发给别的案件的真证照": "valid",
    "USF：没有 ByteRange": "invalid",
}
"""The first two are found by the digest in the manifest; the last is judged more strictly."""

QUICK = [row for row in TABLE if row.quick][1::4]
LONG = [row for n, row in enumerate(TABLE) if row not in QUICK and (n % 3 == 0 or row.words in OTHERWISE)]
"""A third of the table, and where the two answer differently; the whole is asked of ours (tests/signing/attacks)."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("ground"))


def verdict(ground: Ground, shown: Shown | bytes, of: str) -> str:
    module = verifier()
    shown = shown if isinstance(shown, Shown) else Shown(shown)
    usual = {"crls": ground.authority.crls(), "at": ground.now, "policy": ground.policy(of)}
    options = usual | {"roots": ground.authority.roots} | shown.options
    trust = module.Trust(tuple(options["roots"]), (), module.load_lists(list(options["crls"])))
    asked = module.Asked(options["policy"].expected)
    return VERDICTS[module.judge_pdf(shown.pdf, trust, options["at"], asked).state]


@pytest.mark.parametrize(
    "row",
    [
        *(pytest.param(row, id=f"{row.words}/{row.of}") for row in QUICK),
        *(pytest.param(row, id=f"{row.words}/{row.of}", marks=pytest.mark.stack) for row in LONG),
    ],
)
def test_a_forgery_is_answered_as_by_ours(ground: Ground, row: Row) -> None:
    assert verdict(ground, row.make(ground), row.of) == OTHERWISE.get(row.words, row.verdict)


@pytest.mark.parametrize("of", ["one", "two"])
def test_what_the_forgers_start_from_is_valid(ground: Ground, of: str) -> None:
    assert verdict(ground, getattr(ground, of), of) == "valid"
    assert verdict(ground, ground.both if of == "two" else ground.sealed, "handed") == "valid"


def _changed(pdf: bytes, kind: str, place: int, what: bytes) -> bytes:
    place %= len(pdf) + 1
    return {
        "append": pdf + what,
        "cut": pdf[:place] + pdf[place + 50 * len(what) :],
        "put": pdf[:place] + what + pdf[place + len(what) :],
        "insert": pdf[:place] + what + pdf[place:],
        "end": pdf[:place],
    }[kind]


_CHANGE = st.tuples(
    st.sampled_from(("append", "cut", "put", "insert", "end")),
    st.integers(0, 1 << 20),
    st.binary(min_size=1, max_size=60),
)


def _never_valid(ground: Ground, changes: list[tuple[str, int, bytes]]) -> None:
    for of in ("one", "two"):
        pdf = whole = getattr(ground, of)
        for change in changes:
            pdf = _changed(pdf, *change)
        assert pdf == whole or verdict(ground, pdf, of) != "valid"


@settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
@given(changes=st.lists(_CHANGE, min_size=1, max_size=3))
def test_a_file_changed_at_random_is_answered_and_never_valid(ground: Ground, changes: list) -> None:
    _never_valid(ground, changes)


@pytest.mark.stack
@settings(max_examples=400, deadline=None, phases=[Phase.generate])
@given(changes=st.lists(_CHANGE, min_size=1, max_size=3))
def test_a_file_changed_at_random_many_times_is_never_valid(ground: Ground, changes: list) -> None:
    _never_valid(ground, changes)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.binary(max_size=400))
def test_no_bytes_bring_it_down(data: bytes) -> None:
    module = verifier()
    trust = module.Trust(())
    for pdf in (data, b"%PDF-1.7\n1 0 obj\n" + data + b"\nstartxref\n9\n%%EOF\n"):
        assert module.judge_pdf(pdf, trust, NOW, module.Asked()).state != "ok"


def test_it_imports_the_standard_library_and_cryptography_only() -> None:
    tree = ast.parse(Path(program()).read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.split(".")[0] for name in names}
    assert roots <= {*sys.stdlib_module_names, "cryptography"}
    assert "cryptography" in roots


@pytest.mark.stack
def test_a_flipped_byte_of_a_sealed_file_is_never_valid(ground: Ground) -> None:
    draw = random.Random(6)  # noqa: S311
    for _ in range(300):
        place = draw.randrange(len(ground.one))
        flipped = ground.one[:place] + bytes([ground.one[place] ^ (1 << draw.randrange(8))]) + ground.one[place + 1 :]
        assert verdict(ground, flipped, "one") != "valid", place
