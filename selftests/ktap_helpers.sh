# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For a test that consists of several cases and reports each:
#
#	. "$(dirname "$0")/ktap_helpers.sh"
#	ktap_print_header
#	ktap_set_plan 2
#	ktap_test_pass "the sky is blue"
#	ktap_test_skip "the sea is calm" "no sea here"
#	ktap_finished
#
# The output is KTAP, as the kernel's own tests print it; run.sh takes it in,
# one level deeper.

# shellcheck disable=SC2034 # for those who source this
KSFT_PASS=0 KSFT_FAIL=1 KSFT_XFAIL=2 KSFT_SKIP=4

KTAP_PLAN=0
KTAP_NUM=0
KTAP_PASS=0
KTAP_FAIL=0
KTAP_SKIP=0

ktap_print_header()
{
	echo "KTAP version 1"
}

# ktap_set_plan NUMBER: so many cases are going to be reported.
ktap_set_plan()
{
	KTAP_PLAN="$1"
	echo "1..$1"
}

# ktap_print_msg TEXT...: a remark, not a result.
ktap_print_msg()
{
	echo "# $*"
}

__ktap_result()
{
	local result="$1" name="$2" directive="${3:-}"

	KTAP_NUM=$((KTAP_NUM + 1))
	# In a name a # would begin a directive.
	echo "$result $KTAP_NUM - ${name//#/}${directive:+ # $directive}"
}

# ktap_test_pass NAME
ktap_test_pass()
{
	KTAP_PASS=$((KTAP_PASS + 1))
	__ktap_result ok "$1"
}

# ktap_test_fail NAME
ktap_test_fail()
{
	KTAP_FAIL=$((KTAP_FAIL + 1))
	__ktap_result "not ok" "$1"
}

# ktap_test_skip NAME [REASON]
ktap_test_skip()
{
	KTAP_SKIP=$((KTAP_SKIP + 1))
	__ktap_result ok "$1" "SKIP${2:+ $2}"
}

# ktap_test_result NAME COMMAND...: passes if COMMAND does, skips if it
# returns 4.
ktap_test_result()
{
	local name="$1" rc=0
	shift

	"$@" || rc=$?
	case "$rc" in
	"$KSFT_PASS")	ktap_test_pass "$name" ;;
	"$KSFT_SKIP")	ktap_test_skip "$name" ;;
	*)		ktap_test_fail "$name" ;;
	esac
}

ktap_print_totals()
{
	echo "# Totals: pass:$KTAP_PASS fail:$KTAP_FAIL skip:$KTAP_SKIP"
}

# Ends the script with the exit status that its results deserve.
ktap_finished()
{
	ktap_print_totals
	if [ "$KTAP_FAIL" -gt 0 ] || [ "$KTAP_NUM" -ne "$KTAP_PLAN" ]; then
		exit "$KSFT_FAIL"
	elif [ "$KTAP_PASS" -eq 0 ]; then
		exit "$KSFT_SKIP"
	fi
	exit "$KSFT_PASS"
}
