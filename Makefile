# SPDX-License-Identifier: GPL-2.0
#
# `make help' explains the targets; those with a leading underscore are parts of
# others.  What the module consists of is in Kbuild.

SETUP := selftests/vm/setup.sh
SETUP_UML := selftests/vm/setup_uml.sh

# The kernel's build directory: the one that `make setup' has fetched if there
# is one, else the running kernel's.
ifndef KDIR
KDIR := $(or $(shell $(SETUP) --print KDIR 2>/dev/null),\
	     /lib/modules/$(shell uname -r)/build)
endif

# All that `make check' and `make demo' leave behind goes here.
BUILD ?= build
BUILD_ABS := $(abspath $(BUILD))

# Absolute, since those who install run in other directories.
DESTDIR ?=
DESTDIR_ABS := $(abspath $(DESTDIR))
export PREFIX ?= /usr

KMAKE = +$(MAKE) -C $(KDIR) SAL_DEBUG=$(SAL_DEBUG)

# For the targets that do it all; by itself make starts one job at a time.
PARALLEL = +@$(MAKE) --no-print-directory -j$(shell nproc)

all: module tool ## build the module and the tool

help: ## this list
	@sed -n 's/^\([a-z_-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18
	@echo
	@echo "Variables:"
	@echo "  KDIR=DIR          kernel to build for ($(KDIR))"
	@echo "  KSRC=DIR          make regen: a kernel source, 7.0 or newer"
	@echo "  SAL_DEBUG=1       build the module with its load-time self-tests"
	@echo "  W=1 C=1 V=1       as in the kernel: warnings, sparse, verbose"
	@echo "  T='t_a.sh ...'    only these tests; make lint: only these checks;"
	@echo "                    make demo: only these scenes"
	@echo "  SAL_DIRECT=off    tests: without the direct path; auto: with it (as domains are made)"
	@echo "  SAL_SHARDS=2      so many machines at a time (1; check-debug: 2)"
	@echo "  SAL_BOOT=boot.sh  make check-long: only in a virtual machine; uml.sh:"
	@echo "                    only in the kernel with sanitizers"
	@echo "  SAL_ROUNDS=5      make bench: how often each is measured"
	@echo "  SAL_VM_TIMEOUT=S  give up on a machine after so long (7200)"
	@echo "  SAL_CACHE=DIR     where make setup keeps the kernel (~/.cache/sal)"
	@echo "  DESTDIR= PREFIX=  where to install to (PREFIX=$(PREFIX))"

# --- building ---------------------------------------------------------------

module: _check-config ## build sal.ko for the kernel in KDIR
	$(KMAKE) M=$(CURDIR) modules

tool: ## build salctl, libsalmig and salhandover
	+$(MAKE) -C userland

# A kernel that lacks something would say so by a compiler error far away.
_check-config:
	@if [ ! -e $(KDIR)/Makefile ]; then \
		echo "No kernel build directory at $(KDIR):" \
		     "run \`make setup' or give KDIR=." >&2; \
		exit 1; \
	fi
	@config=$(KDIR)/.config; \
	[ -e $$config ] || config=$(KDIR)/include/config/auto.conf; \
	for opt in $$(sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$$/\1/p' sal.config); do \
		if ! grep -q "^$$opt=[ym]" $$config; then \
			echo "The kernel in $(KDIR) lacks $$opt." >&2; \
			missing=1; \
		fi; \
	done; \
	[ -z "$$missing" ]

regen: ## generate the uapi header and the policies from the spec
	tools/regen.sh $(KSRC)

# --- installing -------------------------------------------------------------

install: tool ## install salctl and libsalmig (DESTDIR=, PREFIX=)
	+$(MAKE) -C userland install DESTDIR=$(DESTDIR_ABS)

# A distribution's headers ask for signatures and have no key to make them with.
modules_install: module ## install sal.ko (DESTDIR=)
	$(KMAKE) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR_ABS) \
		$(if $(wildcard $(KDIR)/certs/signing_key.pem),,\
			CONFIG_MODULE_SIG_ALL=) modules_install

# --- trying -----------------------------------------------------------------

setup: ## install what building and testing take, with apt
	@$(SETUP)

setup-debug: ## fetch and build the kernel for check-debug and uml
	@$(SETUP_UML)

_setup-plain: setup
	@$(SETUP_UML) --plain

_setup-smp: setup-debug
	@$(SETUP_UML) --smp

setup-lint: ## install what lint takes, and the newest kernel's source
	@$(SETUP_UML) --lint

check: setup _setup-plain ## build, boot virtual machines, run all tests
	$(PARALLEL) _check-module _plain-module _check-salctl _check-tools
	@exec env SAL_KO=$(BUILD_ABS)/check/sal.ko \
		SAL_KO_PLAIN=$(BUILD_ABS)/plain/sal.ko SAL_TOOLS=$(BUILD_ABS)/tools \
		selftests/vm/check.sh $(BUILD)/out $(T)

check-debug: setup setup-debug _setup-smp ## all tests in a kernel with sanitizers (User Mode Linux)
	$(PARALLEL) _debug-module _smp-module _check-salctl _check-tools
	@exec env SAL_KO=$(BUILD_ABS)/debug/sal.ko SAL_BOOT=uml.sh \
		SAL_KO_SMP=$(BUILD_ABS)/debug-smp/sal.ko \
		SAL_SHARDS=$(or $(SAL_SHARDS),2) SAL_TOOLS=$(BUILD_ABS)/tools \
		selftests/vm/check.sh $(BUILD)/debug-out $(T)

# Who waits for so long wants to see both, whatever the first says.
check-long: setup setup-debug _setup-plain ## tests that take long, in all kernels
	$(PARALLEL) _check-module _debug-module _plain-module \
		_check-salctl _check-tools
	@rc=0; for boot in $(or $(SAL_BOOT),boot.sh uml.sh); do \
		case $$boot in \
		uml.sh)	ko=debug; out=long-debug-out; list=-debug ;; \
		*)	ko=check; out=long-out; list= ;; \
		esac; \
		env SAL_KO=$(BUILD_ABS)/$$ko/sal.ko SAL_BOOT=$$boot \
			SAL_KO_PLAIN=$(BUILD_ABS)/plain/sal.ko SAL_HANGS=3000 \
			SAL_TOOLS=$(BUILD_ABS)/tools selftests/vm/check.sh \
			$(BUILD)/$$out $(or $(T),$$(selftests/run.sh --list-long$$list)) || \
			rc=1; \
	done; exit $$rc

check-salctl: ## run the tests of salctl that need no kernel
	+$(MAKE) -C userland check

lint: setup setup-lint ## look through all sources
	@exec env BUILD=$(BUILD) tools/lint.sh $(T)

demo: setup ## build and run the demonstration in a virtual machine
	$(PARALLEL) all _check-tools
	@echo "Booting a virtual machine: without KVM it takes half a minute."
	@exec env SAL_TOOLS=$(BUILD_ABS)/tools selftests/vm/boot.sh \
		-o $(BUILD)/demo -- selftests/demo/demo.sh $(T)

shell: setup ## build and open a shell in a virtual machine, sal loaded
	$(PARALLEL) all
	@exec selftests/vm/boot.sh --shell

uml: setup setup-debug ## such a shell in a kernel with sanitizers, in seconds
	$(PARALLEL) _debug-module tool
	@exec env SAL_KO=$(BUILD_ABS)/debug/sal.ko selftests/vm/uml.sh --shell

setup-bench: _setup-plain ## install what bench takes, build the kernel that it is measured in
	@selftests/bench/setup.sh

bench: setup-bench ## measure what packets cost, beside what else there is
	$(PARALLEL) _bench-module tool
	@exec env SAL_KO=$(BUILD_ABS)/bench/sal.ko \
		SAL_BENCH_KO=$(BUILD_ABS)/bench-edge/sal_bench.ko \
		selftests/bench/bench.sh $(BUILD)/bench-out

bench-quick: setup-bench ## the same in three minutes
	$(PARALLEL) _bench-module tool
	@exec env SAL_KO=$(BUILD_ABS)/bench/sal.ko \
		SAL_BENCH_KO=$(BUILD_ABS)/bench-edge/sal_bench.ko \
		selftests/bench/bench.sh --quick $(BUILD)/bench-out

bench-smp: setup ## what a second CPU brings, in a virtual machine
	$(PARALLEL) _smp-bench-module tool
	@exec env SAL_KO=$(BUILD_ABS)/bench-smp/sal.ko \
		selftests/bench/smp.sh $(BUILD)/bench-smp-out

# The tests get a module with its self-tests in it, built from a copy so that
# sal.ko stays what the user has built.  Only sources are copied, and sources
# that are gone are removed.
SOURCES = find Kbuild module uapi -name Kbuild -o -name '*.[chS]' ! -name '*.mod.c'

# $(call copy,DIRECTORY)
copy = mkdir -p $(1) && $(SOURCES) | sort >$(1).sources && \
	xargs cp -pu --parents -t $(1) <$(1).sources && cd $(1) && \
	$(SOURCES) | sort | comm -13 ../$(notdir $(1)).sources - | xargs -r rm

_check-module: _check-config
	@$(call copy,$(BUILD)/check)
	+@$(MAKE) -C $(KDIR) M=$(BUILD_ABS)/check SAL_DEBUG=1 W=1 modules

# $(call uml-module,DIRECTORY,KERNEL,SAL_DEBUG)
uml-module = $(call copy,$(BUILD)/$(1)) && cd $(CURDIR) && \
	$(MAKE) -C $$($(SETUP_UML) $(2) --print KDIR) ARCH=um \
		M=$(BUILD_ABS)/$(1) SAL_DEBUG=$(3) W=1 modules

_debug-module:
	+@$(call uml-module,debug,,1)

_smp-module:
	+@$(call uml-module,debug-smp,--smp,1)

_plain-module:
	+@$(call uml-module,plain,--plain,1)

_bench-module: _bench-edge
	+@$(call uml-module,bench,--plain)

_smp-bench-module: _check-config
	@$(call copy,$(BUILD)/bench-smp)
	+@$(MAKE) -C $(KDIR) M=$(BUILD_ABS)/bench-smp W=1 modules

# sal_bench.ko, of the same kernel
_bench-edge:
	@mkdir -p $(BUILD)/bench-edge
	@cp -pu selftests/bench/edge/* $(BUILD)/bench-edge
	+@$(MAKE) -C $$($(SETUP_UML) --plain --print KDIR) ARCH=um \
		M=$(BUILD_ABS)/bench-edge W=1 modules

_check-salctl:
	+@$(MAKE) -C userland check-build

_check-tools:
	+@$(MAKE) -C selftests/tools OUT=$(BUILD_ABS)/tools

clean: ## remove all that has been built
	$(if $(wildcard $(KDIR)/Makefile),$(KMAKE) M=$(CURDIR) clean)
	+$(MAKE) -C userland clean
	rm -rf $(BUILD)

.PHONY: all help module tool regen install modules_install
.PHONY: setup setup-debug setup-lint check check-debug check-long check-salctl
.PHONY: lint demo shell uml clean setup-bench bench bench-quick bench-smp
.PHONY: _check-config _check-module _check-salctl _check-tools
.PHONY: _debug-module _smp-module _plain-module _bench-module _bench-edge _smp-bench-module
.PHONY: _setup-plain _setup-smp
