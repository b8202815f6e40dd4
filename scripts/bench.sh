#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds authd and its yardsticks, runs both in turns and prints how they compare.
# Arguments go to Benchmarks/measurements/bench.py; `scripts/bench.sh --help` lists them.
set -eu
cd "$(dirname "$0")/../Benchmarks"

for tool in wrk nginx pgbench taskset; do
    command -v "$tool" >/dev/null || { echo "bench: $tool is missing" >&2; exit 1; }
done
swift build -c release --product authd
swift build -c release
exec python3 measurements/bench.py --binaries "$(swift build -c release --show-bin-path)" "$@"
