"""The log as plain objects: tiles that grow, a tree read out of them, and bundles of entries."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import BadTiles, TileTree, TreeEdge, bundle, grown_tiles, leaf_hash, tile_path, unbundle
from tests.archive.whole_tree import WholeTree


def leaves(first: int, end: int) -> list[bytes]:
    return [leaf_hash(b"%d" % n) for n in range(first, end)]


def stored(*sizes: int) -> dict[str, bytes]:
    """The tiles of a log that grew to these sizes, one after the other."""
    kept: dict[str, bytes] = {}
    for before, size in zip((0, *sizes), sizes, strict=False):
        for path, data in grown_tiles(TileTree(kept.__getitem__, before), leaves(before, size)):
            assert kept.setdefault(path, data) == data  # a tile that is there never changes
    return kept


def test_paths_are_those_of_the_specification():
    # The examples of C2SP tlog-tiles.
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(1, 0, 17) == "tile/1/000.p/17"
    assert tile_path(0, 273, 112) == "tile/0/273.p/112"
    assert tile_path("entries", 2, 3) == "tile/entries/002.p/3"


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification():
    # 273 full leaf tiles and one of 112; above them one full tile and one of 17; above them one of 1.
    paths = set(stored(70_000))
    assert {"tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} <= paths
    assert len(paths) == 274 + 2 + 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=4), st.data())
def test_roots_and_proofs_out_of_tiles_are_those_of_the_whole_tree(steps: list[int], data: st.DataObject):
    sizes = [sum(steps[: n + 1]) for n in range(len(steps))]
    whole, edge = WholeTree(leaves(0, sizes[-1])), TreeEdge()
    for leaf in leaves(0, sizes[-1]):
        edge.append(leaf)
    tree = TileTree(stored(*sizes).__getitem__, sizes[-1])
    assert tree.root() == whole.root() == edge.root() == TreeEdge(edge.size, edge.hashes).root()
    assert list(tree.leaves(sizes[0])) == leaves(sizes[0], sizes[-1])
    index = data.draw(st.integers(0, sizes[-1] - 1))
    assert tree.inclusion_proof(index) == whole.inclusion_proof(index)
    for old in sizes:
        assert tree.consistency_proof(old) == whole.consistency_proof(old)
        assert tree.root(old) == whole.root(old)


def test_the_edge_of_every_small_tree_has_its_root():
    edge, whole = TreeEdge(), WholeTree()
    assert edge.root() == whole.root()
    for leaf in leaves(0, 70):
        assert edge.append(leaf) == whole.append(leaf)
        assert edge.root() == whole.root()
    with pytest.raises(ValueError, match="3 hashes"):
        TreeEdge(70, edge.hashes[1:])


def test_a_missing_or_short_tile_is_noticed():
    kept = stored(300)
    with pytest.raises(KeyError):
        TileTree(kept.__getitem__, 513).root()
    kept["tile/0/001.p/44"] = b"short"
    with pytest.raises(BadTiles, match="001"):
        TileTree(kept.__getitem__, 300).root()


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_out_of_a_bundle_as_they_went_in(entries: list[bytes]):
    assert unbundle(bundle(entries)) == entries


def test_a_bundle_that_was_cut_is_noticed():
    with pytest.raises(BadTiles, match="middle"):
        unbundle(bundle([b"one", b"two"])[:-1])
