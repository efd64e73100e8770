"""The log as plain objects."""

from pathlib import Path

import pytest

from archive import LocalStore, MerkleTree, NotFound, StoreError, leaf_hash, read_tiles, tile_path, write_tiles
from archive.tiles import tiles


def tree_of(size: int) -> MerkleTree:
    return MerkleTree(leaf_hash(b"%d" % n) for n in range(size))


def test_paths_are_those_of_the_specification():
    # The examples of C2SP tlog-tiles.
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(1, 0, 17) == "tile/1/000.p/17"
    assert tile_path(0, 273, 112) == "tile/0/273.p/112"


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification():
    # 273 full leaf tiles and one of 112; above them one full tile and one of 17; above them one of 1.
    paths = [path for path, _ in tiles(tree_of(70_000))]
    assert {"tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} <= set(paths)
    assert len(paths) == 274 + 2 + 1


def test_the_tree_is_rebuilt_from_its_tiles_as_it_grows(tmp_path: Path):
    store, before = LocalStore(tmp_path), 0
    for size in (0, 1, 255, 256, 257, 600):
        tree = tree_of(size)
        write_tiles(store, tree, before)
        assert read_tiles(store, size).root() == tree.root()
        assert write_tiles(store, tree, before) == 0
        before = size


def test_a_missing_or_short_tile_is_noticed(tmp_path: Path):
    store = LocalStore(tmp_path)
    write_tiles(store, tree_of(300))
    with pytest.raises(NotFound):
        read_tiles(store, 513)
    store.put("log/tile/0/001.p/44", b"short")
    with pytest.raises(StoreError, match="001"):
        read_tiles(store, 300)
