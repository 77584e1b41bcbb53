#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Look through all sources; what `make lint' does after it has set up what that
# takes. Each check that finds something says so, and the last line tells how
# many did.
#
#	tools/lint.sh [CHECK...]	all of them if none is named
#
# KDIR	build directory of the oldest kernel that is supported
# KSRC	source of the newest one: its checkpatch, kernel-doc and generator
# BUILD	where to build (build); BUILD/lint/results has a line per check, and
#	BUILD/lint/CHECK.log what it said

set -u
cd "$(dirname "$0")/.." || exit 1

CLANG=clang-19
KDIR="${KDIR:-$(selftests/vm/setup.sh --print KDIR)}"
KSRC="${KSRC:-$(selftests/vm/setup_uml.sh --print KSRC)}"
LINT="$(realpath -m "${BUILD:-build}")/lint"
CHECKS=(spdx checkpatch kerneldoc gcc sparse clang shellcheck yamllint regen)

# What the generator writes is looked at by regen alone.
sources()
{
	git ls-files -- "$@" | grep -v netlink_gen
}

# The licence in the first lines of each file that can have one
check_spdx()
{
	local file rc=0

	while read -r file; do
		case "$file" in
		# and what `make bench' writes
		COPYING*|*.json|Documentation/performance/*)	continue ;;
		esac
		head -n 3 "$file" | grep -q SPDX-License-Identifier || {
			echo "$file: no SPDX line"
			rc=1
		}
	done < <(git ls-files)
	return $rc
}

# compat.h is the one place that asks for the kernel's version
check_checkpatch()
{
	local out compat='^module/compat\.h:.*:(LINUX_VERSION_CODE|CONSTANT_COMP)'

	# shellcheck disable=SC2046 # names have no spaces
	out="$(perl "$KSRC/scripts/checkpatch.pl" --strict --no-tree --terse \
		--show-types -f \
		$(sources 'module/*.[ch]' 'uapi/*.h') 2>&1 |
		grep -vE "$compat|^total:")"
	[ -z "$out" ] || { echo "$out"; return 1; }
}

check_kerneldoc()
{
	local out

	# shellcheck disable=SC2046
	out="$("$KSRC/scripts/kernel-doc" -none -Wall \
		$(sources 'module/*.[ch]') 2>&1)"
	[ -z "$out" ] || { echo "$out"; return 1; }
}

# build NAME MAKE-ARGUMENT...: the module from a copy, and what is said about it
build()
{
	local dir="$LINT/$1"
	shift

	rm -rf "$dir"
	mkdir -p "$dir"
	git ls-files -- Kbuild module uapi | xargs cp -p --parents -t "$dir"
	# jobs of a make that has called us are none of this one's
	env -u MAKEFLAGS -u MFLAGS make -k -j"$(nproc)" "$@" "M=$dir" \
		SAL_DEBUG=1 W=1 modules >"$dir/make.log" 2>&1
	if [ ! -e "$dir/sal.o" ]; then
		tail -n 20 "$dir/make.log"
		return 1
	fi
	# clang's kernel is not built, so that symbols are not resolved there
	! grep -E '(warning|error|Error)' "$dir/make.log" |
		grep -v 'modpost: suppressed'
}

check_gcc()
{
	build gcc -C "$KDIR"
}

check_sparse()
{
	build sparse -C "$KDIR" C=2
}

# With a kernel of its own: gcc's flags are in the configuration of others.
check_clang()
{
	local kernel
	kernel="$LINT/clang-$(basename "$KSRC")"
	local llvm=("LLVM=${CLANG#clang}" ARCH=x86_64)

	if [ ! -e "$kernel/Module.symvers" ]; then
		mkdir -p "$kernel"
		make -s -C "$KSRC" "O=$kernel" "${llvm[@]}" defconfig &&
		make -s -C "$KSRC" "O=$kernel" "${llvm[@]}" -j"$(nproc)" \
			modules_prepare || return 1
		touch "$kernel/Module.symvers"
	fi >"$LINT/clang-kernel.log" 2>&1
	build clang -C "$kernel" "${llvm[@]}" KBUILD_MODPOST_WARN=1 \
		KBUILD_MODPOST_NOFINAL=1
}

check_shellcheck()
{
	# shellcheck disable=SC2046
	shellcheck $(git ls-files '*.sh' .ci/run userland/sal-upgrade \
		userland/completion)
}

check_yamllint()
{
	yamllint -c tools/yamllint.yaml -s Documentation/netlink/specs
}

check_regen()
{
	tools/regen.sh --check "$KSRC"
}

# Where git tells nothing there would be nothing to complain of.
git ls-files --error-unmatch Makefile >/dev/null || exit 1
mkdir -p "$LINT" || exit 1
[ $# -eq 0 ] || CHECKS=("$@")
failed=0
: >"$LINT/results"
for check in "${CHECKS[@]}"; do
	start="$SECONDS"
	if "check_$check" </dev/null >"$LINT/$check.log" 2>&1; then
		echo "lint: $check: ok, $((SECONDS - start)) s"
		echo "pass lint: $check" >>"$LINT/results"
	else
		cat "$LINT/$check.log"
		echo "lint: $check: FAILED"
		echo "fail lint: $check" >>"$LINT/results"
		failed=$((failed + 1))
	fi
done
echo "lint: ${#CHECKS[@]} checks, $failed failed"
[ "$failed" -eq 0 ]
