# One release build serves the program and the tests: a debug machine is 16 times slower than a release one.
# Without debug information: describing the run loop to a debugger takes longer than compiling it.
BUILD := swift build -c release --omit-frame-pointers -debug-info-format none
TEST := swift test -c release --omit-frame-pointers -debug-info-format none --disable-testable-imports --disable-xctest --skip-build
CELLAR := .build/release/cellar
PYTHON := /usr/bin/python3.11 -I -S
FORMAT := Sources Tests Package.swift

.PHONY: run test build bench conformance image pictures format check help

## run: set up what is missing, build, and serve on http://127.0.0.1:8080
run:
	@Scripts/setup.sh run
	@$(BUILD) --product cellar
	@$(CELLAR) serve

## test: set up what is missing, build, and pass every test
test:
	@Scripts/setup.sh test
	@$(BUILD) --build-tests
	@$(TEST)
	@Scripts/check_image.sh
	@$(PYTHON) Tests/Language/run.py --cellar $(CELLAR)
	@$(PYTHON) Tests/Inspection/run.py --cellar $(CELLAR)
	@$(PYTHON) Tests/Hostile/run.py --cellar $(CELLAR) --seconds 1 --mutations 200 escapes reentry
	@$(PYTHON) Tests/Lessons/run.py --cellar $(CELLAR)
	@node --test --test-reporter=dot Tests/Browser/logic/
	@.build/browser-tests/bin/python Tests/Browser/run.py --cellar $(CELLAR)

## build: the program and the tests, without running them
build:
	@Scripts/setup.sh run
	@$(BUILD) --build-tests

## bench: measure against Debian's CPython 3.11 (ARGS='--rounds 5 closure' to choose)
bench:
	@Scripts/setup.sh test
	@$(BUILD) --product cellar
	@$(PYTHON) Benchmarks/run.py --cellar $(CELLAR) $(ARGS)

## conformance: run kits of packed cases (ARGS='kit.jsonl.gz --suite NAME')
conformance:
	@Scripts/setup.sh test
	@$(BUILD) --product cellar
	@$(PYTHON) Scripts/conformance.py --cellar $(CELLAR) $(ARGS)

## image: take the Dockerfile's steps in a clean Debian, without a container engine (needs root and debootstrap)
image:
	@Scripts/setup.sh run
	@$(BUILD) --product cellar
	@python3 Scripts/try_image.py

## pictures: take the pictures in docs/ anew, from a service that is running (ARGS='--base URL')
pictures:
	@Scripts/setup.sh test
	@.build/browser-tests/bin/python Scripts/screenshots.py $(ARGS)

## format: lay out every Swift file by .swift-format
format:
	@swift format --in-place --parallel --recursive $(FORMAT)

## check: say what differs from .swift-format, and what this machine lacks
check:
	@swift format lint --strict --parallel --recursive $(FORMAT)
	@$(BUILD) --product cellar
	@$(CELLAR) check

## help: list these targets
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
