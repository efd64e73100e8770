"""Many variants of one test: the first few run with `make test`, the others with `make test-stack`."""

from collections.abc import Iterable
from typing import Any

import pytest


def first_quick(variants: Iterable[Any], quick: int = 1) -> list[Any]:
    """The values of a parameter, all but the first so many marked as long."""
    values = list(variants)
    return values[:quick] + [pytest.param(value, marks=pytest.mark.stack) for value in values[quick:]]
