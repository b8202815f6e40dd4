# SPDX-License-Identifier: Apache-2.0
"""Writes docs/performance.md: the declared rows with the figures of a run."""

import datetime
import os

from machine import describe
from rows import BACKENDS, BUDGETS, GROWTH, GROWTH_BUDGET, SIZES

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "performance.md")

INTRODUCTION = """\
# Performance

`make bench` measures authd beside yardsticks on the same machine and writes the section on budgets; `make bench SCALE=1`
also measures how authd grows with the number of users, and writes both. [Benchmarks](../Benchmarks/README.md) says how each
figure is taken.

A rate by itself says more about the machine than about the program. So authd and the yardstick run by turns for a few
seconds, and the ratio is the median of the ratios of neighbouring turns; the smallest and the largest follow in brackets.
"""
# What stands in a cell until a run fills it.
BLANK = "…"


def budgets(results, notes, environment):
    """The section on budgets."""
    lines = []
    for row in BUDGETS:
        result = results.get(row.key)
        if row.measurement is None:
            measured, ratio, verdict = f"not measured: {row.reason}", "–", "–"
        elif result:
            measured, ratio, verdict = result.measured, result.ratio, result.verdict
        else:
            measured, ratio = BLANK, "–" if row.yardstick == "–" else BLANK
            verdict = "–" if row.budget == "–" else BLANK
        lines.append([row.what, row.yardstick, measured, ratio, row.budget, verdict])
    table = _table(["what", "yardstick", "measured", "ratio", "budget", "held"], lines)
    return _section(environment, table, notes)


def growth(results, notes, environment):
    """The section on growth."""
    lines = []
    for backend in BACKENDS:
        for row in GROWTH:
            cells = results.get((backend, row.key)) or [BLANK] * (len(SIZES) + 1)
            lines.append([row.what, backend] + cells)
    header = ["what", "database"] + [f"{size:,} users" for size in SIZES] + [f"held: ≤ {GROWTH_BUDGET} ×"]
    remarks = [f"{row.what[0].upper()}{row.what[1:]}: {row.reason}." for row in GROWTH if row.reason]
    return _section(environment, _table(header, lines), remarks + notes)


def sections(text):
    """The sections of a page by their headings."""
    parts = text.split("\n## ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip("\n") for part in parts}


def write(report, measured_growth):
    """Replaces what was measured and keeps the rest of the page."""
    environment = dict(describe(), date=f"{datetime.date.today():%Y-%m-%d}")
    with open(PATH) as file:
        kept = sections(file.read())
    kept["Budgets"] = budgets(report.results, report.notes, environment)
    if measured_growth:
        kept["Growth"] = growth(report.growth, report.growth_notes, environment)
    with open(PATH, "w") as file:
        file.write(compose(kept["Budgets"], kept["Growth"]))


def compose(budgets_text, growth_text):
    return f"{INTRODUCTION}\n## Budgets\n\n{budgets_text}\n\n## Growth\n\n{growth_text}\n"


def blank():
    """The page without figures: what a test compares the written one with."""
    return compose(budgets({}, [], None), growth({}, [], None))


def _section(environment, table, notes):
    facts = ["date", "processor", "processors", "memory", "kernel", "PostgreSQL", "Swift"]
    machine = _table(["machine", ""], [[fact, str((environment or {}).get(fact, BLANK))] for fact in facts])
    return "\n\n".join([machine, table] + (["\n".join(f"- {note}" for note in notes)] if notes else []))


def _table(header, lines):
    rows = [header, ["---"] * len(header)] + lines
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
