# The commands of the repository; `make` alone lists them.

SWIFT ?= swift
# Without this flag, SwiftPM compiles with colors on a terminal and without them elsewhere, and rebuilds everything each time.
BUILD_FLAGS := --no-color-diagnostics
# The installed program needs no Swift on the machine where it runs. All release builds use the same flags, so that none of
# them rebuilds what another one has built.
RELEASE_FLAGS := $(BUILD_FLAGS) -c release --static-swift-stdlib
# Given to `swift test` by `make test`, as in: make test TEST_FLAGS='--filter Recording'
TEST_FLAGS ?=
# Given to `router demo` by `make demo`, as in: make demo DEMO_FLAGS=--keep
DEMO_FLAGS ?=
# Given to the fuzzer by `make fuzz`.
FUZZ_FLAGS ?=
# Given to the benchmarks by `make bench`, as in: make bench BENCH_FLAGS='--jobs 10,1000'
BENCH_FLAGS ?=

# Where `make install` puts things; DESTDIR is a prefix to all of them, for packagers.
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
# static: do not install a router that needs Swift's libraries at run time. shared: the libraries are installed separately.
SWIFT_RUNTIME ?= static
DESTDIR ?=
# The router to install: from this build, or from another.
ROUTER ?= .build/release/router

BUILD_PACKAGES := librdkafka-dev libjansson-dev libyaml-dev libmicrohttpd-dev nettle-dev
TEST_PACKAGES := kcat openssl shellcheck python3-prometheus-client python3-venv chromium chromium-driver
# Java is needed only to run Kafka.
ifneq ($(KAFKA_HOME),)
ifeq ($(JAVA_HOME)$(shell command -v java),)
TEST_PACKAGES += default-jre-headless
endif
endif
SOURCES := Sources Tests Package.swift $(wildcard Benchmarks)

.DEFAULT_GOAL := help
.PHONY: help deps test-deps swift build demo test lint format fuzz soak bench docs install uninstall compose-test clean \
  cluster cluster-jobs cluster-test cluster-down

help: ## list the commands
	@echo 'LDMS metric router. On a fresh Debian 12 with Swift: make demo'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS='|' read -r name text; do printf '  %-17s  %s\n' "$$name" "$$text"; done
	@echo
	@echo 'With KAFKA_HOME=<an unpacked Apache Kafka>, `make test` also runs the tests on real brokers.'

deps: ## install missing Debian packages that the build needs
	@scripts/install-packages $(BUILD_PACKAGES)

test-deps:
	@scripts/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	@scripts/install-schemathesis

swift:
	@command -v $(SWIFT) >/dev/null || { \
	  echo 'swift is not in PATH. Install Swift 6.2 or newer: https://www.swift.org/install/linux/' >&2; exit 1; }

build: swift deps ## build the router: .build/release/router
	@echo '==> Building the router'
	$(SWIFT) build $(RELEASE_FLAGS) --product router

demo: build ## build the router and route a recorded LDMS on an embedded broker
	@.build/release/router demo $(DEMO_FLAGS)

test: swift test-deps ## run all tests; those on Apache Kafka need KAFKA_HOME
	@scripts/test $(TEST_FLAGS)

soak: swift test-deps ## long stress run: kill, pause and replace routers and brokers; needs KAFKA_HOME (SOAK=rounds[:seed])
	@[ -n "$$KAFKA_HOME" ] || { echo 'make soak needs real brokers: set KAFKA_HOME to an unpacked Apache Kafka.' >&2; exit 1; }
	@SOAK='$(or $(SOAK),100)' scripts/test --filter 'SoakTests|RouteTroubleOnKafkaTests|TopicLifecycleTests|KafkaRestartTests|KafkaRouteTests|JobLoadTests|LateOwnerTests'

lint: swift ## check the formatting of all Swift code, and that targets declare what they import
	@$(SWIFT) format lint --strict --parallel --recursive $(SOURCES) && echo 'Formatting OK.'
	@SWIFT='$(SWIFT)' scripts/check-imports

format: swift ## format all Swift code
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

fuzz: swift deps ## feed 10 million mutated rows and decompositions to the parsers (FUZZ_FLAGS=--help)
	$(SWIFT) run $(RELEASE_FLAGS) fuzz $(FUZZ_FLAGS)

bench: build .build/bare-loop ## measure the cost of a row; with KAFKA_HOME, compare the router with a bare loop in C
	$(SWIFT) build $(RELEASE_FLAGS) --product bench
	@.build/release/bench $(BENCH_FLAGS)

.build/bare-loop: Benchmarks/bare-loop/loop.c
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -Werror -o $@ $< -lrdkafka

docs: build ## regenerate docs/configuration.md from the key declarations
	.build/release/router reference >docs/configuration.md

install: ## install the router, man pages and systemd unit (PREFIX, SYSCONFDIR, DESTDIR)
	@PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' DESTDIR='$(DESTDIR)' ROUTER='$(ROUTER)' \
	  SWIFT_RUNTIME='$(SWIFT_RUNTIME)' scripts/install-files install

uninstall: ## stop the service and remove everything that `make install` installed, except the configuration
	@PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' DESTDIR='$(DESTDIR)' ROUTER='$(ROUTER)' scripts/install-files uninstall

cluster: ## start a whole cluster in containers: Slurm, LDMS, Kafka, router (CLUSTER_SECURE=1: with passwords)
	@cluster/up

cluster-jobs: ## make three users in that cluster, and submit a job of each
	@cluster/register-cluster && cluster/create-users && cluster/launch-jobs

cluster-down: ## stop that cluster and delete its data
	@cluster/down

cluster-test: ## prove that cluster from a clean state, and take it down; needs the image ovishpc/ldms-agg
	@cluster/test

compose-test: ## start compose.kafka.yaml from scratch, play the recording, check the rows, stop it
	@scripts/compose-test

clean: ## remove all build products
	rm -rf .build
