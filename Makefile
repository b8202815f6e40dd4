# SPDX-License-Identifier: Apache-2.0
#
# make run     installs what is missing, builds and serves on http://127.0.0.1:8000 with SQLite, for development
# make test    installs what is missing for the tests too, and runs all of them
# make bench   measures against the budgets
# make docs    writes the pages that are made from the program
# make format, make lint

SWIFT ?= swift
export SWIFT

.PHONY: run build release test bench docs format lint clean

run:
	scripts/bootstrap
	$(SWIFT) build --configuration release --product authd
	ENVIRONMENT=$${ENVIRONMENT:-development} exec .build/release/authd serve

build:
	scripts/bootstrap
	$(SWIFT) build

# One file that needs no Swift on the machine it runs on.
release:
	scripts/bootstrap
	$(SWIFT) build --configuration release --product authd --static-swift-stdlib

test:
	scripts/bootstrap test
	scripts/test

bench:
	scripts/bootstrap bench
	Benchmarks/run

docs:
	$(SWIFT) build --product authd
	.build/debug/authd config reference > docs/configuration.md
	.build/debug/authd config example > .env.example

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	scripts/check-sources

clean:
	$(SWIFT) package clean
