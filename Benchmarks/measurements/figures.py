# SPDX-License-Identifier: Apache-2.0
"""The table that a run prints."""


class Figures:
    """Rows of measured / yardstick / ratio / budget, printed as they come."""

    WIDTHS = (58, 16, 24, 9, 12)

    def __init__(self):
        self.missed = []
        self._line("what", "measured", "yardstick", "ratio", "budget", "")
        print("-" * 132)

    def ratio(self, what, measured, yardstick, ratio, at_least=None, at_most=None):
        """A row that is judged by its ratio; without a budget, for information."""
        is_met = (at_least is None or ratio >= at_least) and (at_most is None or ratio <= at_most)
        self._row(what, measured, yardstick, f"{ratio:.2f}", "×", at_least, at_most, is_met)

    def amount(self, what, measured, value, unit, at_most=None):
        """A row that is judged by itself."""
        is_met = at_most is None or value <= at_most
        self._row(what, measured, "", "", f" {unit}", None, at_most, is_met)

    def note(self, text):
        print(f"  {text}", flush=True)

    def _row(self, what, measured, yardstick, ratio, unit, at_least, at_most, is_met):
        budget = f"≥ {at_least}{unit}" if at_least is not None else f"≤ {at_most}{unit}" if at_most is not None else ""
        if not is_met:
            self.missed.append(what)
        self._line(what, measured, yardstick, ratio, budget, "" if not budget else "met" if is_met else "MISSED")

    def _line(self, *cells):
        padded = [cell.ljust(width) for cell, width in zip(cells, self.WIDTHS)]
        print(" ".join(padded + list(cells[len(self.WIDTHS):])).rstrip(), flush=True)
