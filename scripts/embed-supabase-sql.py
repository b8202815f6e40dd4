#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes db/supabase/auth.sql into the program's source, so that `authd supabase sql` prints it."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "db" / "supabase" / "auth.sql"
TARGET = ROOT / "Sources" / "authd" / "Commands" / "SupabaseSQL+Generated.swift"

text = SOURCE.read_text("utf-8")
hashes = "#"
while f'"""{hashes}' in text or f"\\{hashes}" in text:
    hashes += "#"
# The end of the last line is the literal's own.
lines = [
    "// SPDX-License-Identifier: Apache-2.0",
    "// Made by scripts/embed-supabase-sql.py from db/supabase/auth.sql; do not edit.",
    "",
    "/// The SQL file with functions and roles for row-level security policies that were written for Supabase.",
    "enum SupabaseSQL {",
    "    /// The file's text, which ends with a line feed.",
    f'    static let text = {hashes}"""',
    text,
    f'"""{hashes}',
    "}",
]
TARGET.write_text("\n".join(lines) + "\n", "utf-8")
