# SPDX-License-Identifier: Apache-2.0
# Junheng. `make help` lists the targets.

B      ?= build
CC     ?= gcc
NODE   ?= node
LAYERS := base domain json store bus
EDGES  := api monitor ctl

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wvla -Wconversion -Wcast-qual -Wwrite-strings -Wpointer-arith \
	-Wformat=2 -Wundef -Wswitch-enum -Wno-overlength-strings -fno-common -Werror
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
CFLAGS ?= -O2 -g $(HARDEN)
LDFLAGS ?= -pie -Wl,-z,relro,-z,now
override CFLAGS += -std=c17 -D_XOPEN_SOURCE=700 $(WARN) -Iservices -I$(B)/gen \
	-include services/base/banned.h -MMD -MP

# The two headers of ulfius and its family need GNU names.
API_CFLAGS := -D_GNU_SOURCE

LIBS_domain := -lgmp -lm
LIBS_base   := -lm
LIBS_json   := -ljansson -lcsv -lzip -lexpat
LIBS_store  := $(shell pkg-config --libs libpq 2>/dev/null || echo -lpq) -lsodium
LIBS_bus    := -lzmq
LIBS_api    := -lulfius -lorcania -lyder -lmicrohttpd -lxlsxwriter -lz -lpthread
LIBS_ctl    := -lcurl -ljansson -lsodium -lz
LIBS        := $(foreach l,$(LAYERS),$(LIBS_$(l))) -lpthread

# Upper layers first: the linker resolves from left to right.
ARCHIVES := $(patsubst %,$(B)/lib%.a,json store bus domain base)
BINARIES := $(B)/junheng-api $(B)/junheng-monitor $(B)/junhengctl

.PHONY: all
all: $(BINARIES) ## builds the three binaries (the default)

# --- compiling -------------------------------------------------------------

GENERATED := $(B)/gen/queries.inc $(B)/gen/migrations.inc

define layer
SRC_$(1) := $$(wildcard services/$(1)/*.c)
OBJ_$(1) := $$(SRC_$(1):services/%.c=$(B)/obj/%.o)
$(B)/lib$(1).a: $$(OBJ_$(1))
	@rm -f $$@
	@$$(AR) rcs $$@ $$^
endef
$(foreach l,$(LAYERS) $(EDGES),$(eval $(call layer,$(l))))

# pkg-config once a make: the include folder of libpq is not a standard one.
PQ_CFLAGS := $(shell pkg-config --cflags libpq 2>/dev/null)
$(B)/obj/store/%.o: override CFLAGS += $(PQ_CFLAGS)
$(B)/obj/api/%.o: override CFLAGS += $(API_CFLAGS)

$(B)/obj/%.o: services/%.c Makefile | $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) -c -o $@ $<

$(B)/junheng-api: $(B)/libapi.a $(ARCHIVES) $(B)/gen/openapi.o $(B)/gen/web.o
	@echo "  LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_api) $(LIBS)
$(B)/junheng-monitor: $(B)/libmonitor.a $(ARCHIVES)
	@echo "  LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/junhengctl: $(B)/libctl.a $(ARCHIVES) $(B)/gen/national.o $(B)/gen/calendars.o
	@echo "  LD $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_ctl) $(LIBS)

# --- generated: statements, migrations, the OpenAPI document ----------------

$(B)/gen/queries.inc: $(sort $(wildcard sql/queries/*.sql)) sql/queries.awk
	@mkdir -p $(@D)
	@awk -f sql/queries.awk $(filter %.sql,$^) > $@.tmp && mv $@.tmp $@
$(B)/gen/migrations.inc: $(sort $(wildcard sql/migrations/*.sql)) sql/migrations.awk
	@mkdir -p $(@D)
	@awk -f sql/migrations.awk $(filter %.sql,$^) > $@.tmp && mv $@.tmp $@
$(B)/gen/openapi.json: proto/openapi.yaml
	@mkdir -p $(@D)
	@yq -c . $< > $@.tmp && mv $@.tmp $@
$(B)/gen/openapi.o: $(B)/gen/openapi.json
	@cd $(@D) && $(LD) -r -b binary -z noexecstack -o openapi.o openapi.json

WEB := $(sort $(wildcard services/api/web/*))
$(B)/gen/web.o: $(WEB)
	@mkdir -p $(@D)
	@cd services/api/web && $(LD) -r -b binary -z noexecstack -o $(abspath $@) $(notdir $^)

$(B)/gen/national.o: sql/standards/national-2017.json
	@mkdir -p $(@D)
	@cd $(<D) && $(LD) -r -b binary -z noexecstack -o $(abspath $@) $(<F)

CALENDARS := $(sort $(wildcard sql/calendars/*.json))
$(B)/gen/calendars.o: $(CALENDARS)
	@mkdir -p $(@D)
	@cd $(<D) && $(LD) -r -b binary -z noexecstack -o $(abspath $@) $(notdir $^)

# --- tests ------------------------------------------------------------------

# Programs of tests/unit need nothing; those of tests/integration get a database; tools
# serve other tests. What they share is an archive: each links what it uses.
UNIT        := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
INTEGRATION := $(patsubst tests/integration/%.c,$(B)/tests-integration/%,$(wildcard tests/integration/test_*.c))
TOOLS       := $(patsubst tests/tools/%.c,$(B)/tests/%,$(wildcard tests/tools/*.c))
TEST_LIB    := $(patsubst tests/lib/%.c,$(B)/obj/tests/lib/%.o,$(wildcard tests/lib/*.c))
TEST_LINK    = $(filter %.o %.a,$^) -lcmocka $(LIBS_api) $(LIBS_ctl) $(LIBS)

$(B)/libtest.a: $(TEST_LIB)
	@rm -f $@
	@$(AR) rcs $@ $^
$(B)/obj/tests/%.o: tests/%.c Makefile | $(GENERATED)
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CFLAGS) $(PQ_CFLAGS) -Itests -c -o $@ $<

TEST_ARCHIVES := $(B)/libtest.a $(B)/libapi.a $(B)/libmonitor.a $(B)/libctl.a $(ARCHIVES) $(B)/gen/openapi.o $(B)/gen/web.o $(B)/gen/national.o $(B)/gen/calendars.o
$(UNIT): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(TEST_ARCHIVES)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(TEST_LINK)
$(INTEGRATION): $(B)/tests-integration/%: $(B)/obj/tests/integration/%.o $(TEST_ARCHIVES)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(TEST_LINK)
$(TOOLS): $(B)/tests/%: $(B)/obj/tests/tools/%.o $(TEST_ARCHIVES)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(TEST_LINK)

# A fuzz target is linked twice: with replay.c, which runs its corpus as a unit test, and with the
# fuzzer (make fuzz).
FUZZ        := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_LIB    := $(patsubst %,$(B)/obj/tests/fuzz/%.o,fuzz rows sheets book)
REPLAYS     := $(FUZZ:%=$(B)/tests/test_fuzz_%)
FUZZERS     := $(FUZZ:%=$(B)/fuzz/%)

$(B)/libfuzz.a: $(FUZZ_LIB)
	@rm -f $@
	@$(AR) rcs $@ $^
FUZZ_ARCHIVES := $(B)/libfuzz.a $(B)/libtest.a $(ARCHIVES)
$(REPLAYS): $(B)/tests/test_fuzz_%: $(B)/obj/tests/fuzz/fuzz_%.o $(B)/obj/tests/fuzz/replay.o $(FUZZ_ARCHIVES)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) -lcmocka $(LIBS)
$(FUZZERS): $(B)/fuzz/%: $(B)/obj/tests/fuzz/fuzz_%.o $(FUZZ_ARCHIVES)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LIBS)

$(B)/fuzz/documents $(B)/fuzz/ndjson: $(B)/obj/tests/fuzz/mutate_json.o
$(B)/fuzz/csv $(B)/fuzz/sheets: $(B)/obj/tests/fuzz/mutate_words.o

.PHONY: unit test-binaries check test test-node soak bench bench-import bench-peers test-docker
test-binaries: all $(UNIT) $(REPLAYS) $(INTEGRATION) $(TOOLS)
unit: $(UNIT) $(REPLAYS) ## unit and golden tests of the C layers, and the fuzz corpus
	@tests/unit.sh $^
check: lint unit ## lint and unit tests, under a minute

test: ## every suite: lint, unit, golden, property, integration, faults (what CI runs)
	@deploy/install.sh build run test
	@$(MAKE) --no-print-directory -s test-binaries
	@tests/run.sh $(B)
soak: ## monitors killed every second for two minutes, PostgreSQL restarted 20 times, under load (SEED= replays)
	@deploy/install.sh build run test
	@$(MAKE) --no-print-directory -s test-binaries
	@tests/run.sh $(B) tests/soak/kills.test.mjs tests/soak/restarts.test.mjs
test-docker: ## builds and starts docker-compose.yml for real (needs root, a few minutes)
	@tests/docker.sh
bench: ## side-by-side measures: ratios to a durable commit; alerts under load; a nation
	@deploy/install.sh build run test
	@$(MAKE) --no-print-directory -s test-binaries
	@$(NODE) tests/bench/bench.mjs
bench-import: ## a national file through the API, beside COPY of the same rows
	@deploy/install.sh build run test
	@$(MAKE) --no-print-directory -s test-binaries
	@$(NODE) tests/bench/import.mjs

bench-peers: ## a change until it is notified, beside Prometheus and Alertmanager tuned to a second
	@deploy/install.sh build run test
	@$(MAKE) --no-print-directory -s test-binaries
	@tests/bench/peers.sh $(B)/peers
	@$(NODE) tests/bench/peers.mjs $(B)/peers

SAN_LD := -pie
.PHONY: asan tsan
asan: ## builds with ASan and UBSan into build/asan, and runs every suite on it
	@$(MAKE) --no-print-directory B=build/asan CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -fPIE" LDFLAGS="$(SAN_LD)" test-binaries
	@tests/run.sh build/asan
tsan: ## builds with TSan into build/tsan, and runs the service suites on it
	@$(MAKE) --no-print-directory B=build/tsan CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=thread -fPIE" LDFLAGS="$(SAN_LD)" test-binaries
	@TSAN_OPTIONS="suppressions=$(CURDIR)/tests/tsan.supp halt_on_error=0 exitcode=66" tests/run.sh build/tsan integration

.PHONY: fuzz fuzzers
fuzz: ## gives made-up bytes to every reader, FUZZ_SECONDS (60) each, on ASan and UBSan builds
	@deploy/install.sh build test
	@$(MAKE) --no-print-directory B=build/fuzz CC=clang WARN="-Wall -Wno-overlength-strings" CFLAGS="-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fPIE" LDFLAGS="-pie -fsanitize=fuzzer" fuzzers
	@tests/fuzz.sh build/fuzz $(FUZZ)
fuzzers: $(FUZZERS)

# --- lint and editors ---------------------------------------------------------

C_FILES := $(wildcard services/*/*.[ch] tests/*/*.[ch])
.PHONY: format format-check lint tidy hooks
format: ## formats every C file
	@clang-format -i $(C_FILES)
format-check:
	@clang-format --dry-run -Werror $(C_FILES)
lint: format-check $(GENERATED) ## formatting, layers, headers, lengths, purity of domain, style
	@$(MAKE) --no-print-directory $(B)/libdomain.a
	@for l in style layers headers lengths settings units; do tests/lint/$$l.sh || exit 1; done
	@tests/lint/purity.sh $(B)/libdomain.a
tidy: compile_commands.json ## clang-tidy over services/
	@clang-tidy -quiet --extra-arg=-Wno-format-nonliteral -p . $(wildcard services/*/*.c)
compile_commands.json: Makefile ## for editors (bear)
	@rm -rf $(B)/bear && bear --output $@ -- $(MAKE) --no-print-directory B=$(B)/bear test-binaries
hooks: ## installs the pre-commit hook
	@git config core.hooksPath .githooks

# --- running -----------------------------------------------------------------

.PHONY: run up down
run: ## everything in the foreground, with the sample province
	@deploy/install.sh build run
	@$(MAKE) --no-print-directory -s all
	@exec deploy/run.sh run
up: ## the same in the background; returns when it is ready
	@deploy/install.sh build run
	@$(MAKE) --no-print-directory -s all
	@deploy/run.sh up
down: ## stops what `make up` started
	@deploy/run.sh down

.PHONY: ci clean help
ci: test asan ## what CI runs
clean: ## removes everything built
	@rm -rf build compile_commands.json
help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
