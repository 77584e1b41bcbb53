# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages, for the scripts that set something up: from the apt sources that
# the machine has, or from one derived from them. Who sources this has set
#
#	CACHE	a directory for what is fetched
#	LIST	not empty: say what would be done, and do nothing
#
# and calls know_machine, which sets CODENAME, before anything else.

die()
{
	echo "setup: $*" >&2
	exit 1
}

say()
{
	echo "setup: $*"
}

may_be_root()
{
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

# All of what follows that needs root goes through here, where may_be_root.
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# --- is this a machine we know? ---------------------------------------------

know_machine()
{
	local id name

	# in a shell of its own: it sets more than is wanted
	{ read -r id; read -r name; } < <(
		# shellcheck source=/dev/null
		[ ! -r /etc/os-release ] || . /etc/os-release
		echo "${ID:-}-${VERSION_ID:-}"
		echo "${PRETTY_NAME:-not Debian}"
	)
	case "$id" in
	debian-12)	CODENAME=bookworm ;;
	debian-13)	CODENAME=trixie ;;
	*)
		die "this is $name;" \
		    "only Debian 12 and 13 are known." \
		    "Elsewhere: make KDIR=/path/to/kernel/build"
		;;
	esac
	[ "$(dpkg --print-architecture)" = amd64 ] ||
		die "only amd64 is supported," \
		    "this is $(dpkg --print-architecture)"
}

# --- apt --------------------------------------------------------------------

UPDATED=""

# For an apt that downloads into the cache, perhaps not as root: as who we are,
# and without its own caches.
PRIVATE=(-o APT::Sandbox::User=root -o Dir::Cache::pkgcache=
	 -o Dir::Cache::srcpkgcache=)

# Fetch the package lists, once per run.  The kernel does without root, if only
# the lists are there.
update_lists()
{
	[ -z "$UPDATED" ] || return 0
	may_be_root || return 0
	say "apt-get update"
	as_root apt-get -qq update || die "apt-get update failed"
	UPDATED=1
}

# Print those of the packages given that are not installed.
missing()
{
	local have pkg

	have=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "$@" \
		 2>/dev/null || true)"
	for pkg; do
		case "$have" in
		*" installed:$pkg "*)	;;
		*)			echo "$pkg" ;;
		esac
	done
}

install_packages()
{
	local pkgs

	# Each line of missing's output is one package.
	mapfile -t pkgs < <(missing "$@")
	[ ${#pkgs[@]} -gt 0 ] || return 0
	say "installing ${pkgs[*]}"
	[ -z "$LIST" ] || return 0
	update_lists
	apt_install "${pkgs[@]}"
}

apt_install()
{
	may_be_root ||
		die "need root to install $*: run as root once, or install sudo"
	# An apt that another has started is waited for.
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y --no-install-recommends \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
		install "$@" >"$CACHE/apt.log" 2>&1 || {
		tail -n 20 "$CACHE/apt.log" >&2
		die "apt-get install failed; all of its output: $CACHE/apt.log"
	}
}

# Where this machine gets its Debian from, with a / at its end.
mirror()
{
	# shellcheck disable=SC2016 # these are apt's variables
	apt-get indextargets --format '$(REPO_URI) $(CODENAME)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v c="$CODENAME" '$2 == c { print $1; exit }'
}

# Run an apt tool on sources of our own instead of the machine's:
# apt_with FILE TOOL ARGS...  The lists land in the cache.
apt_with()
{
	local sources="$1" tool="$2"
	shift 2

	mkdir -p "$sources.lists/partial"
	"$tool" -o Dir::Etc::SourceList="$sources" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$sources.lists" \
		"${PRIVATE[@]}" "$@"
}

# Write FILE with one source: the machine's own mirror, other suite.
derive_source()
{
	local file="$1" uri="$2" suite="$3"
	local key=/usr/share/keyrings/debian-archive-keyring.gpg
	local opt=""

	[ ! -r "$key" ] || opt="[signed-by=$key] "
	echo "deb $opt$uri $suite main" >"$file"
	apt_with "$file" apt-get -qq update ||
		die "cannot fetch the package lists of $suite from $uri"
}

# Names only, of what PACKAGE depends on: depends APT-CACHE-COMMAND... PACKAGE
depends()
{
	"${@:1:$#-1}" show --no-all-versions "${!#}" 2>/dev/null |
		sed -n 's/^Depends: //p' | tr ',' '\n' |
		sed 's/|.*//; s/(.*)//; s/:any//; s/ //g' | sort -u
}
