# SPDX-License-Identifier: Apache-2.0
"""Verifying an access token in process, beside the HMAC in it."""

from machine import output


def in_process(run):
    values = dict(line.split() for line in output([f"{run.binaries}/InProcess", "verify"]).splitlines())
    hmac, full, cached = (float(values[name]) for name in ("hmac_ns", "verify_ns", "cached_ns"))
    run.figures.ratio(
        f"verify one HS256 token of {values['token_bytes']} bytes, nothing cached", f"{full / 1000:.2f} µs",
        f"one-shot HMAC() {hmac / 1000:.2f} µs", full / hmac, at_most=2)
    run.figures.ratio(
        "the same, verified before", f"{cached / 1000:.2f} µs", f"one-shot HMAC() {hmac / 1000:.2f} µs", cached / hmac)
