# The commands of the repository; `make` alone lists them.

SWIFT ?= swift
# Given to `swift test` by `make test`, as in: make test TEST_FLAGS='--filter Recording'
TEST_FLAGS ?=
# Given to `router demo` by `make demo`, as in: make demo DEMO_FLAGS=--keep
DEMO_FLAGS ?=
# Given to the fuzzer by `make fuzz`.
FUZZ_FLAGS ?=
# Given to the benchmarks by `make bench`, as in: make bench BENCH_FLAGS='--jobs 10,1000'
BENCH_FLAGS ?=

# Where `make install` puts things; DESTDIR goes before all of them, for packagers.
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
# Of this build, or of another.
ROUTER ?= .build/release/router

BUILD_PACKAGES := librdkafka-dev libjansson-dev libyaml-dev libmicrohttpd-dev
TEST_PACKAGES := kcat openssl python3-prometheus-client python3-venv chromium chromium-driver
# Java only where there is a Kafka for it to run.
ifneq ($(KAFKA_HOME),)
ifeq ($(JAVA_HOME)$(shell command -v java),)
TEST_PACKAGES += default-jre-headless
endif
endif
SOURCES := Sources Tests Package.swift $(wildcard Benchmarks)

.DEFAULT_GOAL := help
.PHONY: help deps test-deps swift build demo test lint format fuzz soak bench docs install uninstall compose-test clean

help: ## list these commands
	@echo 'LDMS metric router. On a fresh Debian 12 with Swift: make demo'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done
	@echo
	@echo 'KAFKA_HOME=<an unpacked Apache Kafka> lets `make test` run the tests on real brokers too.'

deps: ## install the Debian packages that the build needs and that are missing
	@scripts/install-packages $(BUILD_PACKAGES)

test-deps:
	@scripts/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@scripts/install-schemathesis

swift:
	@command -v $(SWIFT) >/dev/null || { \
	  echo 'There is no swift in PATH. Install Swift 6.2 or newer: https://www.swift.org/install/linux/' >&2; exit 1; }

build: swift deps ## build the router: .build/release/router
	@echo '==> Building the router'
	$(SWIFT) build -c release --product router

demo: build ## build it, play a recorded LDMS into an embedded broker and watch the rows find their users
	@.build/release/router demo $(DEMO_FLAGS)

test: swift test-deps ## run all tests; those that need Apache Kafka only where KAFKA_HOME is set
	@scripts/test $(TEST_FLAGS)

soak: swift test-deps ## kill, halt and replace routers and brokers for long; needs KAFKA_HOME (SOAK=rounds[:seed])
	@[ -n "$$KAFKA_HOME" ] || { echo 'make soak needs real brokers: set KAFKA_HOME to an unpacked Apache Kafka.' >&2; exit 1; }
	@SOAK='$(or $(SOAK),100)' scripts/test --filter 'SoakTests|RouteTroubleOnKafkaTests|TopicLifecycleTests|KafkaRestartTests|KafkaRouteTests|JobLoadTests'

lint: swift ## check the format of all Swift code
	@$(SWIFT) format lint --strict --parallel --recursive $(SOURCES) && echo 'The format is as it should be.'

format: swift ## put all Swift code into its format
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

fuzz: swift deps ## feed 10 million mutated rows and decompositions to their readers (FUZZ_FLAGS=--help)
	$(SWIFT) run -c release fuzz $(FUZZ_FLAGS)

bench: build .build/bare-loop ## measure what a row costs, and with KAFKA_HOME the router against a bare loop in C
	$(SWIFT) build -c release --product bench
	@.build/release/bench $(BENCH_FLAGS)

.build/bare-loop: Benchmarks/bare-loop/loop.c
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -Werror -o $@ $< -lrdkafka

docs: build ## write docs/configuration.md anew from the declarations of the keys
	.build/release/router reference >docs/configuration.md

install: ## install the router, its man pages and its systemd unit: PREFIX, SYSCONFDIR, DESTDIR
	@PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' DESTDIR='$(DESTDIR)' ROUTER='$(ROUTER)' scripts/install-files install

uninstall: ## remove what `make install` installed, but not the configuration
	@PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' DESTDIR='$(DESTDIR)' ROUTER='$(ROUTER)' scripts/install-files uninstall

compose-test: ## bring compose.kafka.yaml up on a clean state, play the recording, check what arrives, take it down
	@scripts/compose-test

clean: ## remove all that was built
	rm -rf .build
