#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# salctl without a kernel module: what is refused and how, and what is printed
# for what the fake kernel of fake.c sends. Run by `make check'.
# shellcheck source-path=SCRIPTDIR/.. disable=SC2015 # ok and not_ok never fail
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 1

# There is one directory for all that run it: one after the other.
exec 9<tests/run.sh
flock 9

out=tests/out
export SAL_FAKE_LOG=$out/log
rm -rf $out || exit 1
mkdir -p $out/netns
touch $out/netns/b1 $out/netns/gone $out/netns/host

total=0
failed=0

# Under a memory checker: VALGRIND=1 tests/run.sh
valgrind=()
if [ -n "${VALGRIND-}" ]; then
	valgrind=(valgrind -q --error-exitcode=99 --leak-check=full
		  --child-silent-after-fork=yes)
fi

ok()
{
	total=$((total + 1))
	echo "ok $total $1"
}

not_ok()
{
	total=$((total + 1))
	failed=$((failed + 1))
	echo "not ok $total $1"
}

# run [VAR=x ..] WORDS: sets rc, $out/stdout, $out/stderr and $out/log
run()
{
	local env=()

	while [[ ${1-} == [A-Z]*=* ]]; do
		env+=("$1")
		shift
	done
	what="${env[*]} $*"
	what=${what:0:70}
	: >$SAL_FAKE_LOG
	env "${env[@]}" "${valgrind[@]}" tests/fake "$@" \
		>$out/stdout 2>$out/stderr </dev/null
	rc=$?
}

# same NAME EXPECTED FILE
same()
{
	[ "$2" = "$(cat "$3")" ] && return 0
	diff <(printf '%s\n' "$2") "$3" | sed "s/^/#   $1: /"
	return 1
}

# expect RC: of what run() ran; expected stdout on stdin, stderr in $err
expect()
{
	local good=1 text

	text=$(cat)
	[ $rc -eq "$1" ] || { echo "#   exit status $rc, not $1"; good=; }
	same stdout "$text" $out/stdout || good=
	same stderr "${err-}" $out/stderr || good=
	err=
	[ -n "$good" ] && ok "$what" || not_ok "$what"
}

# usage MESSAGE WORDS: salctl refuses by itself
usage()
{
	local msg=$1
	shift
	run "$@"
	if [ $rc -eq 2 ] && [ "$(head -n 1 $out/stderr)" = "salctl: $msg" ] &&
	   [ ! -s $out/stdout ] && [ ! -s $SAL_FAKE_LOG ]; then
		ok "refused: $what"
	else
		echo "#   exit status $rc, $(head -n 1 $out/stderr)"
		not_ok "refused: $what"
	fi
}

# sends JSON WORDS: that is the request
sends()
{
	local json=$1
	shift
	run "$@"
	if [ $rc -eq 0 ] && [ ! -s $out/stderr ] &&
	   same request "$json" $SAL_FAKE_LOG; then
		ok "sent: $what"
	else
		cat $out/stderr
		not_ok "sent: $what"
	fi
}

# --- tables and parsers -----------------------------------------------------

if "${valgrind[@]}" tests/unit >$out/unit; then
	ok "parsers and layouts"
else
	sed 's/^/#   /' $out/unit
	not_ok "parsers and layouts"
fi

# The names in the spec, in the form that `unit names' has
spec_names()
{
	awk '
	/^[a-z-]+:/ { part = $1 }
	part == "definitions:" && /^    type:/ { type = $2 }
	part == "definitions:" && /^    name:/ { name = $2 }
	part == "definitions:" && /^        name:/ && type != "const" {
		# words that YAML takes for something else
		gsub(/"/, "", $2)
		print "enum", name, $2
	}
	part == "attribute-sets:" && /^    name:/ { set = $2 }
	part == "attribute-sets:" && /^        name:/ {
		if (attr)
			print attr
		attr = "attr " set " " $2
	}
	part == "attribute-sets:" && /^        multi-attr: true/ {
		attr = attr " multi"
	}
	part == "operations:" && /^      name:/ {
		if (attr)
			print attr
		attr = ""
		op = $2
	}
	part == "operations:" && /^      attribute-set:/ {
		of[op] = $2
		print "op", op, $2
	}
	part == "operations:" && /^      notify:/ { print "op", op, of[$2] }
	' ../Documentation/netlink/specs/sal.yaml
}

tests/unit names | sort >$out/names
spec_names | sort >$out/spec
if diff $out/spec $out/names >$out/diff; then
	ok "names are those of the spec"
else
	sed 's/^/#   /' $out/diff
	not_ok "names are those of the spec"
fi

. tests/usage.sh
. tests/requests.sh
. tests/output.sh

echo "1..$total"
[ $failed -eq 0 ] || echo "# $failed failed"
[ $failed -eq 0 ]
