"""The package in the log: its entry, the signed head, the head's witnesses and time, and that the log only grew."""

import re
from collections.abc import Iterator
from typing import Any

from archive.offline.bags import MOST_TAG, Bag
from archive.offline.cms import Unsupported
from archive.offline.der import Damaged
from archive.offline.lines import CHECKPOINT, ENTRY, GROWTH, HEAD_TIME, LISTS, Given, Line, Package
from archive.offline.notes import (
    Head,
    check_growth,
    check_inclusion,
    is_signed,
    leaf_hash,
    parse_head,
    plain_base64,
    witnessed,
)
from archive.offline.spelling import parse_canonical
from archive.offline.tokens import check_token
from archive.offline.trust import Trust, load_lists

_SHA256 = re.compile(r"[0-9a-f]{64}")


def check_log(bag: Bag, found: Package, given: Given) -> Iterator[Line]:
    """Lines about the log: the head first, and what rests on it only where the head can be read."""
    if not found.manifest:
        return
    if CHECKPOINT not in bag.files or ENTRY not in bag.files:
        yield Line(
            "checkpoint", "unknown", CHECKPOINT, "没有检查点或包含证明：导出时尚未存证 (not logged when exported)"
        )
        return
    try:
        note = bag.read(CHECKPOINT)
        head = parse_head(note)
        if given.log_key is None:
            yield Line("checkpoint", "unknown", CHECKPOINT, "没有给出日志公钥，签名未验证 (no log key was given)")
        elif is_signed(head, given.log_key) and head.origin == given.log_key.name:
            yield Line("checkpoint", "ok", CHECKPOINT, f"{head.origin}，{head.size} 条 (entries), {head.root.hex()}")
        else:
            yield Line("checkpoint", "failed", CHECKPOINT, f"不是 {given.log_key.name} 签的 (not signed by that log)")
            return
    except Damaged as error:
        yield Line("checkpoint", "failed", CHECKPOINT, str(error))
        return
    yield from _check_entry(bag, found, head)
    yield from _growth(bag, head, given)
    yield from _witnesses(head, given)
    yield from _head_time(bag, note, head, given)


def _check_entry(bag: Bag, found: Package, head: Head) -> Iterator[Line]:
    try:
        proof = parse_canonical(bag.read(ENTRY, MOST_TAG))
        told = _proved_entry(proof, head)
    except Damaged as error:
        yield Line("entry", "failed", ENTRY, str(error))
    except (KeyError, TypeError, ValueError):
        yield Line("entry", "failed", ENTRY, "证明文件损坏 (the proof is damaged)")
    else:
        if told["object"] != found.sha256:
            yield Line("entry", "failed", ENTRY, "日志中的条目不是这份清单的 (the entry is about something else)")
            return
        what = f"第 {proof['index']} 条 {told.get('kind', '')} {told.get('time', '')} (stands in the log)"
        yield Line("entry", "ok", ENTRY, what)


def _proved_entry(proof: Any, head: Head) -> dict[str, Any]:
    """The entry of a proof, where it stands in the tree of the head."""
    leaf, hashes = plain_base64(proof["leaf"]), _hashes(proof["hashes"])
    if type(proof["index"]) is not int or proof["size"] != head.size:
        raise Damaged("证明与检查点不是同一时刻的 (for another size)")
    check_inclusion(leaf_hash(leaf), proof["index"], head.size, hashes, head.root)
    told: dict[str, Any] = parse_canonical(leaf)
    if not isinstance(told["object"], str):
        raise Damaged("日志中的条目没有对象 (the entry names no object)")
    return told


def _growth(bag: Bag, head: Head, given: Given) -> Iterator[Line]:
    """An earlier head that the auditor kept must be the beginning of this one."""
    if not given.earlier:
        return
    try:
        earlier = parse_head(given.earlier)
        if given.log_key is None or not is_signed(earlier, given.log_key):
            yield Line("growth", "unknown", "--earlier", "先前的检查点不是这个日志签的 (not signed by that log)")
            return
        proof, (old, new) = [], sorted((earlier, head), key=lambda one: one.size)
        if 0 < old.size < new.size:
            if GROWTH not in bag.files:
                what = f"缺少从 {old.size} 到 {new.size} 条的一致性证明，请索取 (ask for the proof)"
                yield Line("growth", "unknown", GROWTH, what)
                return
            proof = _growth_proof(parse_canonical(bag.read(GROWTH)), old, new)
        check_growth(old, new, proof)
    except Damaged as error:
        yield Line("growth", "failed", GROWTH, str(error))
    except (KeyError, TypeError, ValueError):
        yield Line("growth", "failed", GROWTH, "证明文件损坏 (the proof is damaged)")
    else:
        yield Line("growth", "ok", GROWTH, f"{old.size} 条是 {new.size} 条的开头 (the first are those signed before)")


def _growth_proof(told: Any, old: Head, new: Head) -> list[bytes]:
    if (told["old_size"], told["size"]) != (old.size, new.size):
        raise Damaged("一致性证明是另两个检查点的 (for other heads)")
    return _hashes(told["hashes"])


def _witnesses(head: Head, given: Given) -> Iterator[Line]:
    if not given.witnesses:
        others = max(len(head.lines) - 1, 0)
        yield Line(
            "witness", "note", CHECKPOINT, f"没有给出见证方公钥；另有 {others} 行签名未验证 (no witness was given)"
        )
        return
    signed, bad = 0, False
    for key in given.witnesses:
        try:
            when = witnessed(head, key)
        except Damaged as error:
            bad = True
            yield Line("witness", "failed", CHECKPOINT, str(error))
            continue
        signed += when is not None
        what = f"{key.name} 于 {when.isoformat()} 签名 (signed)" if when else f"{key.name} 没有签名 (did not sign)"
        yield Line("witness", "note", CHECKPOINT, what)
    if not bad:
        enough = signed >= given.needed
        what = f"{signed} 个见证方签名，要求 {given.needed} 个 (signed, of those needed)"
        yield Line("witness", "ok" if enough else "unknown", CHECKPOINT, what)


def _head_time(bag: Bag, note: bytes, head: Head, given: Given) -> Iterator[Line]:
    """The timestamp of the head, over the note as the log signed it: witnesses may have signed below it since."""
    if HEAD_TIME not in bag.files:
        yield Line("head-time", "note", CHECKPOINT, "检查点没有时间戳 (the head bears no timestamp)")
        return
    carried = [bag.read(path) for path in bag.files if path.startswith(LISTS)]
    trust = Trust(given.roots, (), load_lists([*given.lists, *carried]))
    lines = note.removeprefix(head.text + b"\n").splitlines(keepends=True)
    for count in range(len(lines), 0, -1):
        try:
            token = bag.read(HEAD_TIME)
            content = head.text + b"\n" + b"".join(lines[:count])
            stamp = check_token(token, content, trust, given.at, looking_back=True)
        except Unsupported as error:
            yield Line("head-time", "unknown", HEAD_TIME, str(error))
            return
        except Damaged as error:
            why = str(error)
            continue
        state = "unknown" if stamp.trouble else "ok"
        yield Line("head-time", state, HEAD_TIME, f"{stamp.authority} {stamp.time.isoformat()} {stamp.trouble}".strip())
        return
    yield Line("head-time", "failed", HEAD_TIME, f"时间戳不成立 (the timestamp does not hold): {why}")


def _hashes(values: Any) -> list[bytes]:
    if not isinstance(values, list) or not all(isinstance(one, str) and _SHA256.fullmatch(one) for one in values):
        raise Damaged("证明中有不是摘要的内容 (holds what is no hash)")
    return [bytes.fromhex(one) for one in values]
