"""The table of a benchmark run: what was measured on which machine, and the goal beside it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of the design: at least, or at most, a figure."""

    figure: float
    unit: str
    at_least: bool = True

    @property
    def text(self) -> str:
        """The goal in words."""
        return f"{'at least' if self.at_least else 'at most'} {figure_text(self.figure)} {self.unit}"

    def verdict(self, measured: float) -> str:
        """Whether it was reached, and by how much not."""
        short = (self.figure - measured if self.at_least else measured - self.figure) / self.figure
        if short <= 0:
            return "reached"
        return f"MISSED by {max(short * 100, 0.1):.3g} %"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, or the reason why there is none."""

    what: str
    figure: float | None
    unit: str
    how: str
    goal: Goal | None = None
    failure: str | None = None

    @classmethod
    def failed(cls, what: str, reason: str, goal: Goal | None = None) -> Row:
        """A measurement that did not come about."""
        return cls(what, None, "", "", goal, reason)

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """What the table shows."""
        goal = self.goal.text if self.goal else ""
        if self.figure is None:
            return self.what, "NOT MEASURED", goal, "", self.failure or ""
        verdict = self.goal.verdict(self.figure) if self.goal else ""
        return self.what, f"{figure_text(self.figure)} {self.unit}", goal, verdict, self.how


def figure_text(figure: float) -> str:
    """Three significant digits, thousands parted by commas."""
    return f"{figure:,.0f}" if figure >= 1000 else f"{float(f'{figure:.3g}'):g}"


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table that also reads well as text."""
    cells = [("what", "measured", "goal", "", "how"), *(row.cells for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(5)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def machine() -> str:
    """The machine that the figures are from, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {cores} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.release()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if told.is_file():
        for line in told.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
