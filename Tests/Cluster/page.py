# SPDX-License-Identifier: Apache-2.0
"""The fenced blocks of a page of the documentation."""


class Page:
    def __init__(self, path):
        self.path = path
        self.blocks = {}
        heading, number, lines = "", 0, None
        with open(path, encoding="utf-8") as file:
            for line in file.read().split("\n"):
                if lines is not None and line == "```":
                    number += 1
                    self.blocks[heading, number] = "\n".join(lines)
                    lines = None
                elif lines is not None:
                    lines.append(line)
                elif line.startswith("```"):
                    lines = []
                elif line.startswith("#"):
                    heading, number = line.lstrip("#").strip(), 0

    def block(self, heading, number):
        """The text of the block with this number under this heading."""
        if (heading, number) not in self.blocks:
            raise LookupError(f"{self.path} has no block {number} under {heading}")
        return self.blocks[heading, number]


def adapted(text, replacements):
    """The text with each of these replaced. Where one is not in it the page has changed, and this would run another one."""
    for old, new in replacements.items():
        if old not in text:
            raise LookupError(f"{old!r} is not in:\n{text}")
        text = text.replace(old, new)
    return text
