"""Canonical JSON (RFC 8785) of texts and whole numbers: one spelling for each value, so that a digest means it."""

import json
from typing import Any

from archive.offline.der import Damaged

MOST_NESTED, MOST_INTEGER = 64, 2**53 - 1


def parse_canonical(data: bytes) -> Any:
    """The value of canonical JSON (RFC 8785); Damaged for any other spelling."""
    try:
        value = json.loads(data, parse_float=_refuse, parse_constant=_refuse)
        spelled = json.dumps(_ordered(value, 0), ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        raise Damaged("不是规范 JSON (not canonical JSON)") from None
    if spelled != data:
        raise Damaged("不是规范写法的 JSON：由别的程序写成 (not in canonical spelling)")
    return value


def _refuse(_: str) -> Any:
    raise Damaged("JSON 中有小数 (a fraction)")


def canonical(value: Any) -> bytes:
    """A value in its one spelling."""
    return json.dumps(_ordered(value, 0), ensure_ascii=False, separators=(",", ":")).encode()


def _ordered(value: Any, depth: int) -> Any:
    if depth > MOST_NESTED or (type(value) is int and abs(value) > MOST_INTEGER):
        raise Damaged("JSON 嵌套过深或数过大 (nested too deeply, or too large a number)")
    if isinstance(value, dict):
        return {key: _ordered(value[key], depth + 1) for key in sorted(value, key=lambda one: one.encode("utf-16-be"))}
    return [_ordered(one, depth + 1) for one in value] if isinstance(value, list) else value
