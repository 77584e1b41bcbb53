# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What tests use all the time, in the guest's own memory.
#
# The guest reads this machine's files by 9p, which caches nothing: each part of
# each name is a round trip to an emulated device, and a command that is started
# there takes about five times as long as one that lies in memory. So the commands
# that tests start all the time, with their libraries, salctl, the tools and the
# module (without what only a debugger reads) are handed over in one file.

NEAR_DIR=/run/sal
NEAR_COMMANDS=(awk basename bash cat chmod cmp conntrack cp curl cut date diff dig
	dirname dmesg env ethtool find grep head id insmod ip ip6tables iptables jq
	kill ls lsmod mkdir mkfifo mktemp mount mv nft nproc nsenter ping readlink rm
	rmmod sed seq setpriv sleep sort ss stat sysctl tac tail taskset tc tee
	timeout touch tr umount uniq unshare wc xargs)

# near_program DIR FILE [NAME]
near_program()
{
	local name file

	cp -L "$2" "$1/bin/${3:-${2##*/}}"
	while read -r name file; do
		[ -e "$1/lib/$name" ] || cp -L "$file" "$1/lib/$name"
	done < <(ldd "$2" 2>/dev/null |
		 awk '$2 == "=>" && $3 ~ "^/" { print $1, $3 }')
}

near_fill()
{
	local dir="$1" name file

	mkdir "$dir/bin" "$dir/lib" "$dir/locale"
	for name in "${NEAR_COMMANDS[@]}"; do
		file="$(PATH="$PATH:/usr/sbin:/sbin" type -P "$name")" || continue
		near_program "$dir" "$file" "$name"
	done
	near_program "$dir" "${SALCTL:-$REPO/userland/salctl}" salctl
	for file in "${SAL_TOOLS:-$REPO/selftests/tools}"/*; do
		[ ! -f "$file" ] || [ ! -x "$file" ] ||
			near_program "$dir" "$file"
	done
	# its library stays where it is, but some are found by a script that looks
	# for them first
	file="$(python3 -c 'import sys; print(sys.executable)')" &&
		ln -s "$file" "$dir/bin/python3"
	cp -rL /usr/lib/locale/C.utf8 "$dir/locale/"
	file="${SAL_KO:-$REPO/sal.ko}"
	[ ! -e "$file" ] || strip --strip-debug -o "$dir/sal.ko" "$file"
}

# near_pack FILE: put it all there
near_pack()
{
	local dir="$1.d"

	rm -rf "$dir"
	mkdir "$dir"
	near_fill "$dir"
	tar -cf "$1" --owner=0 --group=0 --mode=a+rX -C "$dir" .
	rm -rf "$dir"
}

# near_unpack FILE: for a script in the guest
near_unpack()
{
	cat <<-END
	mkdir $NEAR_DIR && tar -xf $1 -C $NEAR_DIR || exit 1
	export PATH="$NEAR_DIR/bin:\$PATH" LD_LIBRARY_PATH=$NEAR_DIR/lib
	export LOCPATH=$NEAR_DIR/locale
	export SALCTL=$NEAR_DIR/bin/salctl SAL_TOOLS=$NEAR_DIR/bin
	[ ! -e $NEAR_DIR/sal.ko ] || export SAL_KO=$NEAR_DIR/sal.ko
	END
}
