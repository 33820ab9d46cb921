# Every word that a developer needs; `make help` lists them. CMake does the building.

BUILD        ?= build
FUZZ_SECONDS ?= 30
SOAK_KILLS   ?= 5000
NODE_LOSSES  ?= 9
LOSS_TASKS   ?= 100000
MASTER_KILLS ?= 50
KILL_ROUNDS  ?= 100
FAULT_RUNS   ?= 300
PREFIX       ?= /usr/local
JOBS         ?= $(shell nproc 2>/dev/null || echo 2)

# Debian 12's packages: what building, running and testing need, then what single words need besides.
PACKAGES        := g++ cmake ninja-build pkg-config python3 libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev \
                   libexpected-dev libcereal-dev nettle-dev libffi-dev libsqlite3-dev libre2-dev zlib1g-dev libprotozero-dev doctest-dev spin strace \
                   python3-numpy
# What single tests need; those that cannot be had are done without.
TEST_PACKAGES   := mandoc zsh fish parallel tmux libpython3.11-testsuite python3-joblib python3-cloudpickle \
                   chromium chromium-driver openssh-server openssh-client iproute2 slurmctld slurmd slurm-client munge \
                   openmpi-bin
BENCH_PACKAGES  := libbenchmark-dev parallel python3-joblib
# Peers on several hosts.
PEER_PACKAGES   := python3-mpi4py openmpi-bin
FUZZ_PACKAGES   := clang libclang-rt-dev
LINT_PACKAGES   := clang-tidy
FORMAT_PACKAGES := clang-format
PACK_PACKAGES   := lintian rpm debootstrap fakeroot

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory
.DEFAULT_GOAL := all
.PHONY: all run test bench python package sanitize fuzz soak lint format format-check install clean help
.NOTPARALLEL:

# $(call need,PACKAGES): installs those that are missing, at once and without a question; calls no apt where none is.
define need
@if ! command -v dpkg-query >/dev/null; then \
  echo "note: no dpkg here, so nothing is installed; CMake will look for CLI11, spdlog, fmt, nlohmann_json," \
       "tl-expected, cereal, nettle, libffi, SQLite, RE2, zlib, protozero, doctest, spin and strace"; \
else \
  missing=(); \
  for package in $(1); do \
    [ "$$(dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null || true)" = installed ] || missing+=("$$package"); \
  done; \
  if [ $${#missing[@]} -gt 0 ]; then \
    root=(env DEBIAN_FRONTEND=noninteractive); \
    if [ "$$(id -u)" -ne 0 ]; then \
      command -v sudo >/dev/null || { echo "missing: $${missing[*]}; to install them needs root or sudo" >&2; exit 1; }; \
      root=(sudo "$${root[@]}"); \
    fi; \
    echo "installing: $${missing[*]}"; \
    "$${root[@]}" apt-get update -qq; \
    "$${root[@]}" apt-get install -qq -y --no-install-recommends "$${missing[@]}" >/dev/null; \
  fi; \
fi
endef

# $(call want,PACKAGES): installs those that are missing and can be had. The tests that need one of the others are skipped, and say so.
define want
@if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then \
  root=(env DEBIAN_FRONTEND=noninteractive); \
  if [ "$$(id -u)" -ne 0 ]; then root=(sudo -n "$${root[@]}"); fi; \
  updated=; \
  for package in $(1); do \
    [ "$$(dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null || true)" != installed ] || continue; \
    [ -n "$$updated" ] || { updated=yes; "$${root[@]}" apt-get update -qq >/dev/null 2>&1 || true; }; \
    echo "installing: $$package"; \
    "$${root[@]}" apt-get install -qq -y --no-install-recommends "$$package" >/dev/null 2>&1 || \
      echo "WARNING: $$package cannot be installed: the tests that need it are skipped" >&2; \
  done; \
fi
endef

# $(call configure,FOLDER,OPTIONS): quick where the folder is configured already; quiet unless it fails.
define configure
@options=(-DPRUN_WERROR=ON $(2)); \
if [ ! -e $(1)/CMakeCache.txt ] && command -v ninja >/dev/null; then options+=(-G Ninja); fi; \
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi; \
mkdir -p $(1); \
cmake -S . -B $(1) "$${options[@]}" >$(1)/configure.log 2>&1 || { cat $(1)/configure.log >&2; exit 1; }
endef

define release
$(call need,$(PACKAGES))
$(call configure,$(BUILD),-DCMAKE_BUILD_TYPE=Release)
endef

# Address randomization in full makes the thread sanitizer of this age fail now and then: off where that is allowed.
no_aslr = $$(setarch -R true 2>/dev/null && echo setarch -R || true)
sources = find app lib tests -name '*.cpp' -o -name '*.hpp'

all: ## build the command and the library (the default): Release, in build/
	$(release)
	@cmake --build $(BUILD) -j $(JOBS)

run: ## install what is missing, build, run `prun map fib 1..39 --chunksize 1`
	$(release)
	@cmake --build $(BUILD) -j $(JOBS) --target prun_cli
	$(BUILD)/prun map fib 1..39 --chunksize 1

test: ## install what is missing, build, run all tests
	$(release)
	$(call want,$(TEST_PACKAGES) $(PACK_PACKAGES))
	@cmake --build $(BUILD) -j $(JOBS)
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error -j $(JOBS)

bench: ## measure: a table of ratios, prun to its peers, in one run
	$(call need,$(PACKAGES) $(BENCH_PACKAGES))
	$(call configure,$(BUILD),-DCMAKE_BUILD_TYPE=Release)
	@cmake --build $(BUILD) -j $(JOBS) --target prun_cli prun_python bench
	@python3 lib/bench/run.py $(BUILD)
	$(call want,$(PEER_PACKAGES))
	@python3 tests/cluster/hosts/rates.py $(BUILD)/prun || [ $$? = 77 ]

sanitize: ## run all tests under ASan, LeakSanitizer and UBSan, those of threads under TSan
	$(call need,$(PACKAGES))
	$(call configure,$(BUILD)/asan,-DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO='-O1 -g1' -DPRUN_SANITIZE=address)
	@cmake --build $(BUILD)/asan -j $(JOBS)
	@ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 \
	  ctest --test-dir $(BUILD)/asan --output-on-failure --no-tests=error -j $(JOBS)
	$(call configure,$(BUILD)/tsan,-DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO='-O1 -g1' -DPRUN_SANITIZE=thread)
	@$(no_aslr) cmake --build $(BUILD)/tsan -j $(JOBS)
	@TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1 \
	  $(no_aslr) ctest --test-dir $(BUILD)/tsan --output-on-failure --no-tests=error -j $(JOBS)

fuzz: ## fuzz each target, and the command line, for FUZZ_SECONDS (30) seconds; what it finds is kept in build/fuzz
	$(call need,$(PACKAGES) $(FUZZ_PACKAGES))
	$(call configure,$(BUILD)/fuzz,-DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO='-O1 -g1' \
	  -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang -DPRUN_TESTS=OFF -DPRUN_FUZZ=ON)
	@cmake --build $(BUILD)/fuzz -j $(JOBS)
	@for target in $(BUILD)/fuzz/fuzz/*_fuzz; do \
	  [ -x "$$target" ] || { echo "no fuzz targets in tests/fuzz" >&2; exit 1; }; \
	  name=$$(basename "$$target"); seeds=tests/fuzz/corpus/$$name; corpus=$(BUILD)/fuzz/corpus/$$name; \
	  mkdir -p "$$corpus"; [ -d "$$seeds" ] || seeds=; \
	  echo "$$name: $(FUZZ_SECONDS) s"; \
	  "$$target" -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=$(BUILD)/fuzz/$$name- "$$corpus" $$seeds 2>$(BUILD)/fuzz/$$name.log \
	    || { tail -n 60 $(BUILD)/fuzz/$$name.log >&2; exit 1; }; \
	  grep -E 'number_of_executed_units|average_exec_per_sec' $(BUILD)/fuzz/$$name.log; \
	done
	@cmake --build $(BUILD)/fuzz -j $(JOBS) --target prun_cli
	@python3 tests/fuzz/random_command_lines.py $(BUILD)/fuzz/prun --lines 100000 --seconds $(FUZZ_SECONDS)

soak: ## kill at random moments (workers SOAK_KILLS, prun MASTER_KILLS, any KILL_ROUNDS, hosts NODE_LOSSES), have FAULT_RUNS system calls fail
	$(release)
	@cmake --build $(BUILD) -j $(JOBS) --target prun_cli
	@python3 tests/soak/worker_kills.py $(BUILD)/prun --kills $(SOAK_KILLS)
	@python3 tests/soak/master_kills.py $(BUILD)/prun --kills $(MASTER_KILLS)
	@python3 tests/soak/random_kills.py $(BUILD)/prun --rounds $(KILL_ROUNDS)
	@python3 tests/soak/node_losses.py $(BUILD)/prun --losses $(NODE_LOSSES) --tasks $(LOSS_TASKS) || [ $$? = 77 ]
	@python3 tests/fault/system_call_faults.py $(BUILD)/prun --runs $(FAULT_RUNS) --seed $$RANDOM || [ $$? = 77 ]

python: ## build the Python package as a wheel, in build/wheel: `pip install build/wheel/*.whl`
	$(release)
	@cmake --build $(BUILD) -j $(JOBS) --target prun_wheel

package: ## make deb and rpm packages in build/package/packages; check them, and use them in an empty root
	$(call need,$(PACKAGES))
	$(call want,$(PACK_PACKAGES))
	$(call configure,$(BUILD)/package,-DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DPRUN_TESTS=OFF)
	@cmake --build $(BUILD)/package -j $(JOBS)
	@tests/package/check_packages.sh $(BUILD)/package

lint: ## clang-tidy over lib/ and app/
	$(call need,$(PACKAGES) $(LINT_PACKAGES))
	$(call configure,$(BUILD),-DCMAKE_BUILD_TYPE=Release)
	@python3 tests/lint/clang_tidy.py $(BUILD) --jobs $(JOBS)

format: ## clang-format every source in place
	$(call need,$(FORMAT_PACKAGES))
	@$(sources) | xargs clang-format -i

format-check: ## fail where clang-format would change something
	$(call need,$(FORMAT_PACKAGES))
	@$(sources) | xargs clang-format --dry-run -Werror

install: all ## install below PREFIX (/usr/local), DESTDIR before it
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## remove what was built
	@rm -rf $(BUILD)

help: ## these words
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS=$$'\t' read -r word text; do \
	  printf '  %-14s %s\n' "$$word" "$$text"; done
	@echo 'Variables: BUILD, JOBS, FUZZ_SECONDS, SOAK_KILLS, MASTER_KILLS, KILL_ROUNDS, NODE_LOSSES, LOSS_TASKS, FAULT_RUNS, PREFIX, DESTDIR.'
