# SPDX-License-Identifier: Apache-2.0
"""Verifying an access token in process, beside the HMAC in it."""

from machine import median, output, ratios


def in_process(run):
    lines = output([f"{run.binaries}/InProcess", "verify", str(run.verifications)]).splitlines()
    size = next(line.split()[1] for line in lines if line.startswith("token_bytes"))
    turns = [[float(part) for part in line.split()[1:]] for line in lines if line.startswith("turn_ns")]
    hmac, full, cached = zip(*turns)
    for key, times in (("verify", full), ("verify-cached", cached)):
        run.report.ratio(
            key, f"{median(times) / 1000:.2f} µs", f"{median(hmac) / 1000:.2f} µs", ratios(times, hmac))
    run.report.note(f"The verified token has {size} bytes.")
