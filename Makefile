# What a new user and a new developer need; everything else is `swift build` as usual.
.PHONY: help demo test bench soak scale fuzz sanitize build format lint

help:
	@echo 'make demo    the whole thing in one minute: emulator, secrets in a directory, a rotation'
	@echo 'make test    all tests, with real peers'
	@echo 'make bench   sizes, memory and times beside a peer (release build)'
	@echo 'make fuzz    hostile reviews and annotations for ten minutes, or SECONDS=N'
	@echo 'make soak    20 minutes of changes and faults, or SECONDS=N; make scale: many pods, one clientId'
	@echo 'make sanitize  FUSE under ThreadSanitizer and AddressSanitizer, the agent tests under the latter'
	@echo 'make build   the debug build'
	@echo 'make format  formats the Swift sources; make lint checks them'

build:
	scripts/setup build
	swift build

demo: build
	scripts/demo

test:
	scripts/setup test
	scripts/launcher
	# One after another: most peers block the thread that waits for them.
	swift test --no-parallel

bench:
	scripts/setup bench
	bench/run

soak:
	bench/soak $(SECONDS) $(SEED)

scale:
	bench/scale

fuzz: SECONDS ?= 600
fuzz: SEED ?= 1
fuzz:
	scripts/setup test
	swift build --product admission-probe
	swift build --product template-probe
	.build/peers/bin/python Tests/Peers/python/admission_fuzz.py .build/debug/admission-probe Tests/Fixtures/admission $(SECONDS) $(SEED)
	.build/peers/bin/python Tests/Peers/python/template_fuzz.py .build/debug/template-probe $(SECONDS) $(SEED)

sanitize:
	scripts/setup test
	bench/sanitize $(SANITIZE_SECONDS)

format:
	swift format --in-place --recursive Sources Tests Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Package.swift
