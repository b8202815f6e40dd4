# SPDX-License-Identifier: Apache-2.0
"""Collects the figures of a run and prints them as they come."""

from machine import median
from rows import BACKENDS, BUDGETS, GROWTH, GROWTH_BUDGET


class Result:
    """The cells of a row that only a run can fill."""

    def __init__(self, measured, ratio, verdict):
        self.measured, self.ratio, self.verdict = measured, ratio, verdict


class Report:
    """Takes each declared row exactly once."""

    def __init__(self, is_judged=True):
        # A run of a second on a debug build says nothing about budgets.
        self.is_judged = is_judged
        self.results, self.growth, self.missed = {}, {}, []
        self.notes, self.growth_notes = [], []
        self._rows = {row.key: row for row in BUDGETS}
        self._growth = {row.key: row for row in GROWTH}

    def ratio(self, key, measured, yardstick, ratios):
        """A row that is judged by the median of ratios."""
        value = median(ratios)
        spread = f" ({min(ratios):.2f} – {max(ratios):.2f})" if len(ratios) > 1 else ""
        self._take(key, f"{measured}, yardstick {yardstick}", f"{value:.2f} ×{spread}", value)

    def amount(self, key, values, digits=1):
        """A row that is judged by the median of amounts."""
        value = median(values)
        unit = self._rows[key].unit
        spread = f" ({min(values):.{digits}f} – {max(values):.{digits}f})" if len(values) > 1 else ""
        self._take(key, f"{value:.{digits}f} {unit}{spread}", "–", value)

    def missing(self, key, reason):
        """A row that this machine cannot measure."""
        self._put(key, Result(f"not measured: {reason}", "–", "–"))

    def grown(self, backend, key, microseconds, ratios):
        """The medians at each size, and for each size the ratios to the first one by turns."""
        if (backend, key) in self.growth:
            raise RuntimeError(f"{key} on {backend} was measured twice")
        row = self._growth[key]
        last = median(ratios[-1])
        verdict = self._verdict(f"{row.what} on {backend}", last <= GROWTH_BUDGET)
        cells = [f"{microseconds[0]:,.0f} µs"]
        cells += [f"{time:,.0f} µs, {median(each):.2f} ×" for time, each in zip(microseconds[1:], ratios[1:])]
        self.growth[backend, key] = cells + [verdict]
        print(f"{row.what}, {backend}: {' | '.join(cells)} [≤ {GROWTH_BUDGET} ×: {verdict}]", flush=True)

    def note(self, text, of_growth=False):
        """What helps to understand the rows above."""
        (self.growth_notes if of_growth else self.notes).append(text)
        print(f"  {text}", flush=True)

    def require(self, measurements):
        """Fails unless every row of these measurements has come."""
        absent = [row.key for row in BUDGETS if row.measurement in measurements and row.key not in self.results]
        if "scale" in measurements:
            absent += [
                f"{row.key} on {backend}" for backend in BACKENDS for row in GROWTH
                if (backend, row.key) not in self.growth]
        if absent:
            raise RuntimeError(f"not measured: {', '.join(absent)}")

    def _take(self, key, measured, ratio, value):
        row = self._rows[key]
        holds = row.holds(value)
        self._put(key, Result(measured, ratio, "–" if holds is None else self._verdict(row.what, holds)))

    def _put(self, key, result):
        row = self._rows[key]
        if key in self.results:
            raise RuntimeError(f"{key} was measured twice")
        self.results[key] = result
        beside = "" if row.yardstick == "–" else f", beside {row.yardstick}"
        judged = "" if result.verdict == "–" else f" [{row.budget}: {result.verdict}]"
        ratio = "" if result.ratio == "–" else f": {result.ratio}"
        print(f"{row.what}{beside}: {result.measured}{ratio}{judged}", flush=True)

    def _verdict(self, what, holds):
        if not self.is_judged:
            return "–"
        if not holds:
            self.missed.append(what)
        return "yes" if holds else "no"
