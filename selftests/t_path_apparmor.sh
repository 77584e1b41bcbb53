#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The direct path at the edge, in a kernel that has AppArmor's hooks in each namespace, as
# Debian's has: they look at packets that carry a security mark, and at no others.
# shellcheck source=selftests/path.sh
. "$(dirname "$0")/path.sh"

setup_path

# ahead of our hook, so that nothing but the mark keeps packets back
mark()
{
	in_ns a nft -f - <<-'END'
	table inet marks {
		secmark of { "unconfined" }
		chain sent {
			type filter hook output priority raw
			meta secmark set "of"
		}
	}
	END
}

# requests are marked, answers are not
marked()
{
	local rc=0
	goes_straight "$1" direct || return 1
	run mark || return 1
	straight "$1" 0 "$FLOOD" || rc=1
	in_ns a nft delete table inet marks
	goes_straight "$1" direct || rc=1
	return "$rc"
}

if has_apparmor; then
	each_family "what carries a security mark goes round" marked
else
	each_family "straight" goes_straight direct
fi
finish
