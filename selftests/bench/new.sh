# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# new: what the first packet of a flow costs, where each is one; memory: what is
# allocated for each of them; expiry: the time that a processor is busy until they are
# gone again, for each.

# seconds that flows live that nobody answers: longer than it takes to begin all
# shellcheck disable=SC2153 # sample() has set it
lifetime()
{
	echo $((10 + FLOWS / 50000))
}

# bytes of memory, in pages that slabs have
slab_bytes()
{
	awk 'NR > 2 { sum += $15 * $6 * 4096 } END { printf "%d\n", sum }' \
		/proc/slabinfo
}

# ms that the processor was idle since it began; without a process that it
# would not be
idle_ms()
{
	local _

	read -r _ _ _ _ idle _ </proc/stat
	idle=$((idle * 10))
}

now_ms()
{
	now="${EPOCHREALTIME/[.,]/}"
	now=$((now / 1000))
}

# SECONDS: how long of them it is busy is added to BUSY, in ms
busy_for()
{
	local idle now began_idle began

	idle_ms; began_idle="$idle"
	now_ms; began="$now"
	# of a pipe that nobody writes to
	read -r -t "$1" <&"$NOBODY" || true
	idle_ms
	now_ms
	BUSY=$((BUSY + now - began - (idle - began_idle)))
}

# Looking whether they are gone takes time, which is not of it; and what is done meanwhile
# is missed. So that is seldom.
expiry()
{
	local flows seconds tries=0

	BUSY=0
	seconds=$(($(lifetime) + 6))
	exec {NOBODY}<> <(:)
	while busy_for "$seconds"
	      flows="$("variant_${VARIANT}_flows")" && [ "$flows" -gt 0 ]; do
		if ((tries++ > 10)); then
			echo "bench: $VARIANT: $flows flows do not expire" >&2
			return 1
		fi
		seconds=20
	done
	exec {NOBODY}>&-
	awk -v ms="$BUSY" -v n="$FLOWS" \
		'BEGIN { printf "expiry ns %.1f\n", ms * 1e6 / n }'
}

new_up()
{
	router_up
}

# EXPIRE: whether that is wanted
new_measure()
{
	local before line

	if [ "$VARIANT" != plain ]; then
		"variant_${VARIANT}_lifetime" "$(lifetime)" || return 1
	fi
	before="$(slab_bytes)"
	line="$(router_packets new)" && proved || return 1
	echo "$line"
	[ "$VARIANT" != plain ] || return 0
	awk -v n="$FLOWS" -v bytes=$(($(slab_bytes) - before)) \
		'BEGIN { printf "memory B %.1f\n", bytes / n }'
	[ -z "$1" ] || expiry
}

# VARIANT FLOWS [EXPIRE]
new_sample()
{
	spread_flows "$2" && sample new "$1" "$2" "$2" new_measure "${3:-}"
}
