"""DuckDB as cleanclaim opens it: silent, shut off from the machine, its settings locked, nothing left behind."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from cleanclaim.engine.connection import Engine
from cleanclaim.errors import EngineError


def test_settings_that_nobody_changes() -> None:
    wanted = {"TimeZone": "UTC", "enable_progress_bar": False, "enable_external_access": False}
    with Engine() as engine:
        for name, value in wanted.items():
            assert engine.table(f"SELECT current_setting('{name}') AS x")["x"].to_pylist() == [value]
        with pytest.raises(EngineError, match="locked"):
            engine.run("SET enable_progress_bar=true")


def test_files_of_the_machine_are_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text("a\n1\n")
    with Engine() as engine, pytest.raises(EngineError, match=r"(?i)disabled|permission"):
        engine.table(f"SELECT * FROM read_csv('{tmp_path / 'some.csv'}')")


def test_what_is_spilled_goes_with_it() -> None:
    with Engine():
        assert list(Path(tempfile.gettempdir()).glob(f"cleanclaim-{os.getpid()}-*"))
    assert not list(Path(tempfile.gettempdir()).glob(f"cleanclaim-{os.getpid()}-*"))
