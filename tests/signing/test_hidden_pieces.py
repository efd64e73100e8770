import io
import random

import pytest

from signing import hidden


@pytest.mark.parametrize("seed", range(20))
def test_objects_are_found_wherever_a_piece_of_the_file_ends(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)  # noqa: S311
    parts = (b"\n12 0 obj", b"\r\n7 1 obj ", b"\n", b"1 0 obj", b"99 0 object", b"\n1234567890 65535 obj<<", b"x" * 31)
    text = b"".join(draw.choice(parts) for _ in range(60))
    whole = [(number, generation) for number, generation, _ in hidden._standing(io.BytesIO(text))]
    assert whole == [(int(n), int(g)) for n, g in hidden._HEADER.findall(text)]
    monkeypatch.setattr(hidden, "_HEAD", 25)
    for piece in range(25, 70):
        monkeypatch.setattr(hidden, "_STEP", piece)
        assert [found[:2] for found in hidden._standing(io.BytesIO(text))] == whole
