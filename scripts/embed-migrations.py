#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the migrations of db/ into the program's source, so that the binary carries them."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "Sources" / "AuthStoreSQL" / "Migrations" / "Migrations+Generated.swift"


def literal(text: str) -> str:
    """A raw multi-line literal of exactly this text."""
    hashes = "#"
    while f'"""{hashes}' in text:
        hashes += "#"
    return f'{hashes}"""\n{text}\n"""{hashes}'


def migrations(dialect: str) -> str:
    entries = []
    for up in sorted((ROOT / "db" / dialect).glob("*.up.sql")):
        number, name = re.fullmatch(r"(\d{4})_([a-z_]+)\.up\.sql", up.name).groups()
        down = up.with_name(f"{number}_{name}.down.sql")
        entries.append(
            f"        Migration(\n            version: {int(number)}, name: \"{name}\",\n"
            f"            up: {literal(up.read_text('utf-8'))},\n"
            f"            down: {literal(down.read_text('utf-8'))})"
        )
    return ",\n".join(entries)


lines = ["// SPDX-License-Identifier: Apache-2.0", "// Made by scripts/embed-migrations.py from db/; do not edit.", ""]
lines.append("extension Migration {")
for dialect, title in (("postgres", "PostgreSQL"), ("sqlite", "SQLite")):
    lines.append(f"    /// The migrations of {title}, in order.")
    lines.append(f"    static let {dialect}: [Migration] = [\n{migrations(dialect)},\n    ]")
    if dialect == "postgres":
        lines.append("")
lines.append("}")
TARGET.write_text("\n".join(lines) + "\n", "utf-8")
