# SPDX-License-Identifier: Apache-2.0
#
# make run     installs what is missing, builds quickly and serves on http://localhost:8000 with SQLite, for development
# make migrate brings the schema of the database that the settings name up to date
# make release makes the files of a release in dist/: tarball, Debian package, symbols, checksums
# make test-release makes them and tries them in Debian systems of their own, as root
# make test    installs what is missing for the tests too, and runs all of them
# make test-cluster installs Patroni, etcd and HAProxy, and tries fail-overs with them
# make bench   measures against the budgets and writes docs/performance.md; with SCALE=1, or `make bench -- --scale`, also at
#              10,000, 100,000 and 1,000,000 users
# make soak    loads a release build for MINUTES (8) and checks that it gives memory back
# make coverage runs the tests and prints which lines of each target they reached; FILTER=AuthCoreTests runs some of them
# make revision NAME=add_things makes the files of the next step of the schema
# make scorecard runs the tests and writes which requirements of OWASP ASVS and which behaviours they proved
# make docs    writes the pages that are made from the program
# make format, make lint

SWIFT ?= swift
export SWIFT

# Each module as a whole, not optimized, with nothing for debuggers and editors: the least work from a clone to a daemon.
quick = --configuration release -Xswiftc -Onone --disable-index-store -debug-info-format none

# A file that a script writes has the layout that the script gives it.
sources = find Package.swift Sources Tests -name '*.swift' ! -name '*+Generated.swift' -print0

.PHONY: run build migrate revision release test test-cluster test-release coverage bench --scale soak scorecard docs format lint clean

run:
	scripts/bootstrap
	$(SWIFT) build $(quick) --product authd
	ENVIRONMENT=$${ENVIRONMENT:-development} exec .build/release/authd serve

build:
	scripts/bootstrap
	$(SWIFT) build

migrate:
	scripts/bootstrap
	$(SWIFT) build $(quick) --product authd
	ENVIRONMENT=$${ENVIRONMENT:-development} exec .build/release/authd migrate

revision:
	scripts/new-migration $(NAME)

# The program needs no Swift on the machine it runs on.
release:
	scripts/bootstrap release
	scripts/release

test:
	scripts/bootstrap test
	scripts/test

test-cluster:
	scripts/bootstrap cluster
	scripts/test-cluster

test-release: release
	scripts/bootstrap test-release
	scripts/test-release dist

coverage:
	scripts/bootstrap test
	scripts/coverage $(FILTER)

bench:
	scripts/bootstrap bench
	Benchmarks/run $(if $(or $(SCALE),$(filter --scale,$(MAKECMDGOALS))),--scale)

# The word in `make bench -- --scale`, which make takes for a target.
--scale: bench
	@:

soak:
	scripts/bootstrap
	$(SWIFT) build --configuration release --product authd
	Benchmarks/soak.py --binary .build/release/authd --minutes $${MINUTES:-8}

scorecard:
	scripts/bootstrap test
	@log=$$(mktemp); AUTHD_TEST_LOG=$$log scripts/test && scripts/scorecard asvs $$log > docs/scorecard.md \
	&& scripts/scorecard behaviours $$log > docs/behaviours.md; \
	status=$$?; rm -f $$log; exit $$status

docs:
	$(SWIFT) build --product authd
	.build/debug/authd config reference > docs/configuration.md
	.build/debug/authd config example > .env.example
	sed -i '/^## Settings$$/,$$d' docs/troubleshooting.md
	.build/debug/authd config troubleshooting >> docs/troubleshooting.md

format:
	$(sources) | xargs -0 $(SWIFT) format --in-place --parallel

lint:
	$(sources) | xargs -0 $(SWIFT) format lint --strict --parallel
	scripts/check-sources

clean:
	$(SWIFT) package clean
