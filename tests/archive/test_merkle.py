"""The tree of the log: published vectors of Certificate Transparency, and properties over many sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import BadProof, TreeEdge, leaf_hash, verify_consistency, verify_inclusion
from archive.merkle import EMPTY_ROOT
from tests.archive.whole_tree import WholeTree

# Inputs, roots and proofs of the Certificate Transparency reference implementation (merkletree tests, RFC 6962).
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
TREE = WholeTree(leaf_hash(data) for data in INPUTS)
LARGE = WholeTree(leaf_hash(b"%d" % n) for n in range(300))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size: int):
    assert TREE.root(size).hex() == ROOTS[size]


@pytest.mark.parametrize("of", INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference(of: tuple[int, int]):
    assert [node.hex() for node in TREE.inclusion_proof(*of)] == INCLUSION[of]


@pytest.mark.parametrize("of", CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference(of: tuple[int, int]):
    assert [node.hex() for node in TREE.consistency_proof(*of)] == CONSISTENCY[of]


def test_all_proofs_of_small_trees_hold():
    for size in range(1, 35):
        for index in range(size):
            proof = LARGE.inclusion_proof(index, size)
            verify_inclusion(leaf_hash(b"%d" % index), index, size, proof, LARGE.root(size))
        for old in range(size + 1):
            verify_consistency(old, size, LARGE.root(old), LARGE.root(size), LARGE.consistency_proof(old, size))


@st.composite
def places(draw) -> tuple[int, int]:
    size = draw(st.integers(1, 300))
    return draw(st.integers(0, size - 1)), size


@given(places(), places(), st.integers(0, 255))
def test_a_proof_proves_one_entry_at_one_place_in_one_tree(place, other, byte: int):
    (index, size), (other_index, other_size) = place, other
    proof, leaf = LARGE.inclusion_proof(index, size), leaf_hash(b"%d" % index)
    verify_inclusion(leaf, index, size, proof, LARGE.root(size))
    forgeries = [(leaf_hash(b"forged"), index, size, proof), (leaf, index, size, [*proof, leaf])]
    forgeries += [(leaf, index, size, proof[:-1])] if proof else []
    forgeries += [(leaf, other_index, size, proof)] if other_index != index else []
    for n in range(len(proof)):
        changed = bytearray(proof[n])
        changed[byte % 32] ^= byte % 255 + 1
        forgeries.append((leaf, index, size, [*proof[:n], bytes(changed), *proof[n + 1 :]]))
    for forgery in forgeries:
        with pytest.raises(BadProof):
            verify_inclusion(*forgery, LARGE.root(size))
    if other_size != size:
        with pytest.raises(BadProof):
            verify_inclusion(leaf, index, size, proof, LARGE.root(other_size))


@given(places(), st.integers(0, 300))
def test_a_rewritten_beginning_has_no_consistency_proof(place, changed: int):
    old, size = place
    proof = LARGE.consistency_proof(old, size)
    verify_consistency(old, size, LARGE.root(old), LARGE.root(size), proof)
    if old == 0:
        return
    rewritten = WholeTree(leaf_hash(b"x%d" % n if n == changed % old else b"%d" % n) for n in range(size))
    for attempt in (proof, rewritten.consistency_proof(old, size)):
        with pytest.raises(BadProof):
            verify_consistency(old, size, LARGE.root(old), rewritten.root(), attempt)


def test_a_log_that_shrank_is_refused():
    with pytest.raises(BadProof):
        verify_consistency(5, 3, TREE.root(5), TREE.root(3), [])
    with pytest.raises(BadProof):
        verify_consistency(3, 3, TREE.root(3), TREE.root(2), [])
    with pytest.raises(BadProof):
        verify_consistency(0, 3, TREE.root(1), TREE.root(3), [])


def test_what_is_outside_the_tree_is_refused():
    assert WholeTree().root() == EMPTY_ROOT
    for ask in (
        lambda: TREE.root(9),
        lambda: TREE.inclusion_proof(8),
        lambda: TREE.inclusion_proof(3, 2),
        lambda: TREE.consistency_proof(9),
        lambda: TreeEdge().append(b"short"),
    ):
        with pytest.raises(ValueError, match=r"\d"):
            ask()
