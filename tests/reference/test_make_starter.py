"""The starter set is what its script makes of the official files and of the facts by hand."""

from __future__ import annotations

import csv
import importlib.util
import sys
import zlib
from pathlib import Path
from types import ModuleType

import pytest

from cleanclaim.reference.library import starter_set
from cleanclaim.reference.tables import BY_NAME
from tests.shared import SHARED, needs_shared

SCRIPTS = Path(__file__).parents[2] / "scripts"
MOST_IN_THE_WHEEL = 3_000_000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_starter", SCRIPTS / "make_starter.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_starter"] = module
    spec.loader.exec_module(module)
    return module


class TestOfOfficialFiles:
    pytestmark = needs_shared

    def test_what_is_committed_is_what_is_made(self, script, tmp_path):
        assert script.main([str(SHARED), str(tmp_path)]) == 0
        made = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
        assert set(made) == {f"{name}.csv" for name in script.HEADS}
        for name, text in made.items():
            assert text == (starter_set.FOLDER / name).read_text("utf-8"), f"{name}: run `make starter`"


@pytest.mark.parametrize("name", ["hcpcs", "replacement", "coverage"])
def test_every_fact_by_hand_stands_in_the_starter_set(name):
    def records(path: Path) -> list[dict[str, str]]:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(line for line in file if line[0] != "#"))

    by_hand = records(SCRIPTS / "by_hand" / f"{name}.csv")
    assert list(by_hand[0]) == [*BY_NAME[name].names[:-1], "publication"]
    told = records(starter_set.FOLDER / f"{name}.csv")
    assert [record for record in by_hand if record not in told] == []


def test_the_script_says_how_it_is_called_without_a_folder_that_is_there(script, capsys):
    assert script.main(["no such folder"]) == 2
    assert "make_starter.py SHARED" in capsys.readouterr().err


def test_the_starter_set_is_small_in_the_wheel():
    packed = sum(len(zlib.compress(path.read_bytes())) for path in starter_set.FOLDER.iterdir())
    assert packed < MOST_IN_THE_WHEEL
