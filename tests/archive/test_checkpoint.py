"""Signed notes and checkpoints, against the published example and against any changed byte."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from archive import BadCheckpoint, Checkpoint, LogKey, log_key, make_checkpoint, open_checkpoint
from archive.checkpoint import open_note, sign_note

# The example of the signed-note implementation that C2SP took over (golang.org/x/mod/sumdb/note).
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PUBLISHED_NOTE = (
    f"{PUBLISHED_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
).encode()

PRIVATE = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"checkpoint").digest())
KEY = log_key("yidang.test/log", PRIVATE)
STATE = Checkpoint("yidang.test/log", 42, hashlib.sha256(b"root").digest())
NOTE = make_checkpoint(STATE, PRIVATE)


def test_the_published_note_opens_with_the_published_key():
    key = LogKey.parse(PUBLISHED_KEY)
    assert str(key) == PUBLISHED_KEY
    assert open_note(PUBLISHED_NOTE, [key]) == PUBLISHED_TEXT
    with pytest.raises(BadCheckpoint):
        open_note(PUBLISHED_NOTE.replace(b"cryptography", b"Cryptography"), [key])


def test_a_checkpoint_opens_to_what_was_signed():
    assert open_checkpoint(NOTE, [KEY]) == STATE
    assert NOTE.split(b"\n")[:3] == [b"yidang.test/log", b"42", base64.b64encode(STATE.root)]
    assert make_checkpoint(STATE, PRIVATE) == NOTE


def test_lines_of_unknown_witnesses_are_ignored_and_known_ones_count():
    witness = Ed25519PrivateKey.generate()
    line = sign_note(NOTE.decode().partition("\n\n")[0] + "\n", witness, "监管.test").decode().partition("\n\n")[2]
    both = NOTE + line.encode()
    assert open_checkpoint(both, [KEY]) == STATE
    assert open_checkpoint(both, [log_key("监管.test", witness)]) == STATE
    with pytest.raises(BadCheckpoint, match="no trusted key"):
        open_checkpoint(both, [log_key("另一个.test", witness)])


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 7))
def test_every_flipped_bit_is_noticed(place: int, bit: int):
    changed = bytearray(NOTE)
    changed[place] ^= 1 << bit
    with pytest.raises(BadCheckpoint):
        open_checkpoint(bytes(changed), [KEY])


@given(st.binary(max_size=300))
def test_any_bytes_are_answered_with_the_one_error(data: bytes):
    with pytest.raises(BadCheckpoint):
        open_checkpoint(data, [KEY])


@pytest.mark.parametrize(
    "text", ["", "a+b", "name+00000000+AAAA", PUBLISHED_KEY.replace("c74f", "c74e"), PUBLISHED_KEY[:-4]]
)
def test_a_damaged_key_is_refused(text: str):
    with pytest.raises(BadCheckpoint):
        LogKey.parse(text)


@pytest.mark.parametrize(
    "text", ["o\n-1\nAAAA\n", "o\n01\nAAAA\n", "o\n1\nAAAA\n", "o\n1\n", "\n1\n" + "A" * 43 + "=\n"]
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(BadCheckpoint):
        open_checkpoint(sign_note(text, PRIVATE, KEY.name), [KEY])


def test_a_checkpoint_that_cannot_be_written_is_refused():
    for state in (Checkpoint("a b", 1, bytes(32)), Checkpoint("a", 1, b"x"), Checkpoint("a", -1, bytes(32))):
        with pytest.raises(BadCheckpoint):
            make_checkpoint(state, PRIVATE)
