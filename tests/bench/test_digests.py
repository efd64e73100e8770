"""What digests cost is measured by the very pass in which files are digested."""

import json

import pytest
from click.testing import CliRunner

from bench import measure_digests
from portal.cli import cli


def test_both_in_one_pass_cost_what_they_cost_one_after_the_other() -> None:
    sha256, sm3, both = (one.mebi_a_second for one in measure_digests(4))
    assert min(sha256, sm3, both) > 1
    assert 1 / both == pytest.approx(1 / sha256 + 1 / sm3, rel=0.9)


def test_the_command_says_it_for_programs() -> None:
    shown = CliRunner().invoke(cli, ["bench", "digests", "--size", "1", "--json"], standalone_mode=False)
    assert set(json.loads(shown.output)) == {"SHA-256", "SM3", "SHA-256 + SM3"}
