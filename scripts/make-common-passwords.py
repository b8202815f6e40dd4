#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Sources/AuthCore/Passwords/CommonPasswords+List.swift.

Needs the packages Django and zxcvbn:
    python3 -m venv /tmp/lists && /tmp/lists/bin/pip install Django==5.2.19 zxcvbn==4.5.0
    /tmp/lists/bin/python scripts/make-common-passwords.py
"""

import gzip
import pathlib
import textwrap

import django.contrib.auth
from zxcvbn.frequency_lists import FREQUENCY_LISTS

MINIMUM_LENGTH = 8  # shorter ones are refused by their length
SHORT_LENGTHS = range(4, MINIMUM_LENGTH)  # but are looked for in longer ones, if they are nothing but letters

# Examples in the documentation that newcomers type; from twelve characters on any mix is accepted.
EXAMPLES = {"securepass123", "newsecurepass123", "resetpass123", "secretpass123"}

HEADER = """\
// SPDX-License-Identifier: Apache-2.0 AND BSD-3-Clause AND MIT
// swift-format-ignore-file
//
// Written by scripts/make-common-passwords.py; do not edit.
//
// The words come from two lists, of which those with eight characters or more, and those with four to seven letters, are kept
// in lower case: the common passwords of Django 5.2.19 (BSD-3-Clause) and the frequency list of zxcvbn 4.5.0 (MIT).
//
// --- Django ---
//
// Copyright (c) Django Software Foundation and individual contributors.
// All rights reserved.
//
// Redistribution and use in source and binary forms, with or without modification,
// are permitted provided that the following conditions are met:
//
//     1. Redistributions of source code must retain the above copyright notice,
//        this list of conditions and the following disclaimer.
//
//     2. Redistributions in binary form must reproduce the above copyright
//        notice, this list of conditions and the following disclaimer in the
//        documentation and/or other materials provided with the distribution.
//
//     3. Neither the name of Django nor the names of its contributors may be used
//        to endorse or promote products derived from this software without
//        specific prior written permission.
//
// THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
// ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
// WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
// DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT OWNER OR CONTRIBUTORS BE LIABLE FOR
// ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES
// (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES;
// LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON
// ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
// (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS
// SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
//
// --- zxcvbn ---
//
// Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.
// Copyright (c) 2016 Daniel Wolf
//
// Permission is hereby granted, free of charge, to any person obtaining a copy
// of this software and associated documentation files (the "Software"), to deal
// in the Software without restriction, including without limitation the rights
// to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
// copies of the Software, and to permit persons to whom the Software is
// furnished to do so, subject to the following conditions:
//
// The above copyright notice and this permission notice shall be included in all
// copies or substantial portions of the Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
// IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
// FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
// AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
// LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
// OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
// SOFTWARE.
"""

root = pathlib.Path(__file__).resolve().parent.parent
target = root / "Sources/AuthCore/Passwords/CommonPasswords+List.swift"

django_list = pathlib.Path(django.contrib.auth.__file__).with_name("common-passwords.txt.gz")
words = gzip.decompress(django_list.read_bytes()).decode().split("\n") + list(FREQUENCY_LISTS["passwords"])
# Outside ASCII the sources hold only wreckage of wrong conversions. White space separates the words of the list.
words = {word for word in (word.strip().lower() for word in words) if word.isascii() and word.isprintable() and " " not in word}
long = {word for word in words if len(word) >= MINIMUM_LENGTH} - EXAMPLES
short = {word for word in words if len(word) in SHORT_LENGTHS and word.isalpha()}
assert not any('"""#' in word or "\\#" in word for word in long), "would end or escape the raw literal"


def literal(name, words):
    lines = textwrap.wrap(" ".join(sorted(words)), width=112, break_long_words=False, break_on_hyphens=False)
    body = "\n".join("        " + line for line in lines)
    return f'    static let {name}: StaticString = #"""\n{body}\n        """#\n'


target.write_text(
    f'{HEADER}\nextension CommonPasswords {{\n{literal("list", long)}\n{literal("shortList", short)}}}\n')
print(f"{len(long)} passwords and {len(short)} words, {target.stat().st_size} bytes")
