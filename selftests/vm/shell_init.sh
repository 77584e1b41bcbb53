#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run before the prompts of `make shell', inside the guest; does something
# before the first one only.  See boot.sh.

[ ! -e /run/sal-shell ] || exit 0
touch /run/sal-shell

REPO="$(cd "$(dirname "$0")/../.." && pwd)"

command -v poweroff >/dev/null || ln -s /bin/busybox /sbin/poweroff
insmod "$REPO/sal.ko" || exit 0
ln -sf "$REPO/userland/salctl" /usr/local/bin/salctl
echo "sal is loaded, salctl is on the path; Ctrl-D ends this machine."
