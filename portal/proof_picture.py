"""The proof of a package as a picture: its entry at the foot, one row a step up, the signed root at the top.

A log of ten million entries has 24 rows. Every hash is shortened, and shown whole where it is pointed at or focused.
"""

import dataclasses
from collections.abc import Iterator

from archive import (
    BadCheckpoint,
    BadProof,
    BadTiles,
    Event,
    LogKey,
    LogProof,
    Package,
    StoreError,
    leaf_hash,
    open_checkpoint,
    prove_event,
)
from workers import log_public_key, zone

WIDTH, ROW, BOX_WIDTH, BOX_HEIGHT = 900, 46, 172, 26
"""Of the picture, in its own units; a row is a step."""
MIDDLE, LEFT, RIGHT = 450, 130, 770
"""Centres of the way up, and of the siblings on either side."""
WHOLE_WIDTH = 420
"""Sixty-four characters of the small type."""
SHOWN = 16


@dataclasses.dataclass(frozen=True, slots=True)
class Node:
    """A hash with its box; `kind` is leaf, path, root or sibling; `level` counts the steps from the leaf."""

    kind: str
    level: int
    hash: str
    x: int
    y: int

    @property
    def short(self) -> str:
        """As much of it as can be compared by eye."""
        return f"{self.hash[:SHOWN]}…"

    @property
    def left(self) -> int:
        """Edge of its box."""
        return self.x - BOX_WIDTH // 2

    @property
    def whole_left(self) -> int:
        """Edge of the box with all of the hash, which stays within the picture."""
        return min(max(self.x - WHOLE_WIDTH // 2, 4), WIDTH - WHOLE_WIDTH - 4)


@dataclasses.dataclass(frozen=True, slots=True)
class ProofPicture:
    """The picture and what it shows: the place of the entry, the size of the log, and the signed checkpoint."""

    index: int
    size: int
    checkpoint: str
    nodes: tuple[Node, ...]
    lines: tuple[tuple[int, int, int, int], ...]

    @property
    def height(self) -> int:
        """Of the picture."""
        return max(node.y for node in self.nodes) + ROW

    @property
    def steps(self) -> int:
        """How many hashes the proof has."""
        return sum(node.kind == "sibling" for node in self.nodes)


def proof_picture(package: Package) -> tuple[ProofPicture | None, str]:
    """The picture of a package's proof, verified on the way; or why there is none."""
    event = Event.objects.filter(
        kind="package-stored", case_number=package.case_number, object_sha256=package.manifest_sha256
    ).first()
    if event is None:
        return None, "尚未入库，入库后写入存证日志。"
    try:
        proof, note = prove_event(event, zone("archive"))
        proof.verify(open_checkpoint(note.encode(), [LogKey.parse(log_public_key())]))
    except (BadProof, BadCheckpoint, BadTiles) as reason:
        return None, f"存证核对未通过（{reason.code}）：请立即运行 yidang log check，并保留现场。"
    except StoreError as reason:
        return None, f"归档存储中读不到存证日志（{reason.code}），请稍后再看。"
    except OSError:
        return None, "本机没有日志公钥，不能在此核对；可导出后离线核验。"
    except ValueError:
        return None, "存证条目尚未发布，几分钟后再看。"
    return draw(proof, note), ""


def draw(proof: LogProof, note: str) -> ProofPicture:
    """Lay out a proof that was verified."""
    steps = proof.steps()
    foot = (len(steps) + 1) * ROW

    def at(level: int) -> int:
        return foot - level * ROW

    path = [leaf_hash(proof.leaf), *(step.joined for step in steps)]
    nodes = [Node(_kind(level, len(steps)), level, one.hex(), MIDDLE, at(level)) for level, one in enumerate(path)]
    siblings = [
        Node("sibling", level, step.sibling.hex(), LEFT if step.on_left else RIGHT, at(level))
        for level, step in enumerate(steps)
    ]
    return ProofPicture(proof.index, proof.size, note, (*nodes, *siblings), tuple(_lines(nodes, siblings)))


def _kind(level: int, steps: int) -> str:
    if level == 0:
        return "leaf"
    return "root" if level == steps else "path"


def _lines(nodes: list[Node], siblings: list[Node]) -> Iterator[tuple[int, int, int, int]]:
    """From each hash and its sibling up to the hash of both."""
    half = BOX_HEIGHT // 2
    for node, sibling, above in zip(nodes, siblings, nodes[1:], strict=False):
        yield node.x, node.y - half, above.x, above.y + half
        yield sibling.x, sibling.y - half, above.x, above.y + half
