# SPDX-License-Identifier: GPL-2.0
# bash completion for salctl(8)

# Only names that mean nothing to the shell: compgen -W expands what it is given
_salctl_plain()
{
	grep -E '^[A-Za-z0-9._:@%+-]+$'
}

# Names that there are now; nothing where the kernel does not tell
_salctl_names()
{
	salctl "${ns[@]}" -o "$@" 2>/dev/null |
		awk -v f="$field" '{ print $f }' | _salctl_plain
}

_salctl_services()
{
	local field=1

	_salctl_names service show
}

# keywords of service add and set
_salctl_service_words()
{
	echo alias vip proto port hold on-empty late grace sched affinity direct tcp \
		stray timeout
}

# of the service $1
_salctl_endpoints()
{
	local field=2

	_salctl_names endpoint show "$1"
}

_salctl_members()
{
	local field=1

	_salctl_names member show
}

_salctl_rules()
{
	salctl "${ns[@]}" -o rule show 2>/dev/null |
		awk '$1 ~ "^[0-9a-f.:]+(/[0-9]+)?$" { print $1 }'
}

_salctl_netns()
{
	# shellcheck disable=SC2012 # the odd ones are not wanted
	ls /run/netns 2>/dev/null | _salctl_plain
}

# What may follow the words of one object: object, command, those after
_salctl_object()
{
	local object=$1 cmd=${2-}
	local after=$(($# - 2))

	case $object in
	domain)
		case $cmd in
		"")	echo show set help ;;
		set)	echo vip-pool id-prefix max-services max-endpoints \
				max-members max-flows max-rules max-held \
				flow-acct policy max-policies direct ;;
		esac
		;;
	member)
		case $cmd in
		"")	echo show add set del flush help ;;
		add)	echo netns pid name route ;;
		set)	[ $after -eq 0 ] && _salctl_members || echo route ;;
		show)	[ $after -eq 0 ] && _salctl_members ;;
		del)	[ $after -eq 0 ] && { _salctl_members; echo netns pid; } ;;
		esac
		;;
	service)
		case $cmd in
		"")	echo show add set replace del freeze thaw flush help ;;
		show|del|thaw)
			[ $after -eq 0 ] && _salctl_services ;;
		freeze)	if [ $after -eq 0 ]; then
				_salctl_services
			else
				echo time
			fi ;;
		set|replace)
			if [ $after -eq 0 ]; then
				_salctl_services
			else
				_salctl_service_words
			fi ;;
		add)	[ $after -eq 0 ] || _salctl_service_words ;;
		esac
		;;
	endpoint)
		case $cmd in
		"")	echo show add replace set renew drain undrain del help
			return ;;
		esac
		if [ $after -eq 0 ]; then
			_salctl_services
			return
		fi
		case $cmd in
		show|del|renew|undrain)
			[ $after -eq 1 ] && _salctl_endpoints "$3" ;;
		drain)	case $after in
			1)	_salctl_endpoints "$3" ;;
			2)	echo deadline ;;
			4)	echo "then" ;;
			5)	echo move reset ;;
			esac ;;
		set)	[ $after -eq 1 ] && _salctl_endpoints "$3"
			echo name netns pid addr port weight tier max-flows \
				state lease nomember ;;
		add|replace)
			echo name netns pid addr port weight tier max-flows state \
				lease nomember absent ;;
		esac
		;;
	rule)
		case $cmd in
		"")	echo show add replace del flush help ;;
		show|del)
			[ $after -eq 0 ] && _salctl_rules ;;
		add|replace)
			case $after in
			0)	[ "$cmd" = add ] || _salctl_rules ;;
			1)	echo forward deliver drop reject redirect \
					upcall ;;
			*)	[ "$4" != upcall ] || echo time "then" ;;
			esac ;;
		esac
		;;
	policy)
		case $cmd in
		"")	echo show add replace del help; return ;;
		show)	return ;;
		esac
		case $after in
		0)	echo from ;;
		1|3)	_salctl_services; echo any ;;
		2)	echo to ;;
		4)	[ "$cmd" = del ] || echo allow deny ;;
		esac
		;;
	flow)
		case $cmd in
		"")	echo show add del flush help ;;
		add)	echo service endpoint member proto src sport dst dport \
				mapped placement marks idle client-name told \
				told-before client-absent \
				direct service-port forward-packets \
				forward-bytes reverse-packets reverse-bytes ;;
		*)	echo service endpoint src proto sport dport id ;;
		esac
		;;
	migrate)
		case $# in
		1)	_salctl_services; echo help ;;
		2)	echo from ;;
		3)	_salctl_endpoints "$2"; echo any ;;
		4)	echo to ;;
		5)	_salctl_endpoints "$2" ;;
		*)	echo src proto sport dport id freeze time check ;;
		esac
		;;
	resolve)
		[ $# -eq 1 ] && { _salctl_services; echo help; return; }
		[ "${!#}" = from ] && echo netns pid || echo from proto dport
		;;
	stats)
		case $cmd in
		"")	echo show help ;;
		show)	[ $after -eq 0 ] && { _salctl_services; echo explain; }
			[ $after -eq 1 ] && _salctl_endpoints "$3" ;;
		esac
		;;
	save)	[ $# -eq 1 ] && echo flows ;;
	restore)
		case $# in
		1)	compgen -f ;;
		2)	echo check ;;
		esac
		;;
	upgrade-guard)
		[ $# -eq 1 ] && echo show on shut off help ;;
	monitor)
		echo service endpoint flow migrate transaction rule miss \
			policy hold
		[ $# -eq 1 ] && echo help
		;;
	esac
}

# The value of the keyword $1
_salctl_value()
{
	case $1 in
	netns|-n)	_salctl_netns ;;
	route)		echo auto none ;;
	state)		echo up draining down ;;
	on-empty)	echo drop reject ;;
	late)		echo translate drop ;;
	hold)		echo off packets bytes time share ;;
	proto)		echo any icmp icmpv6 tcp udp udplite sctp dccp ;;
	tcp)		echo pin reset repair ;;
	stray)		echo reset drop adopt ;;
	sched)		echo wrr lc p2c maglev ;;
	timeout)	echo new replied syn established closing closed ;;
	service|forward|redirect)
			_salctl_services ;;
	then)		echo drop reject ;;
	vip-pool)	echo none ;;
	flow-acct)	echo on off ;;
	direct)		echo auto off ;;
	placement)	echo edge router ;;
	told|told-before)	echo not router edge ask-edge ;;
	policy)		echo allow deny ;;
	*)		return 1 ;;
	esac
}

_salctl()
{
	# begin, commit and abort are for batches
	local objects="domain member service endpoint rule policy flow migrate
		       resolve stats monitor flush save restore upgrade-guard
		       version help"
	local options="-n -j -p -s -d -4 -6 -o -t -b -force -V"
	local cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words=() ns=() list
	local i

	# words: object, command and the rest, without options and without
	# what is being written
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [ ${#words[@]} -eq 0 ] && [[ ${COMP_WORDS[i]} == -* ]]; then
			[[ ${COMP_WORDS[i]} != -[nb] ]] || ((i++))
			[ "${COMP_WORDS[i - 1]}" != -n ] ||
				ns=(-n "${COMP_WORDS[i]}")
		else
			words+=("${COMP_WORDS[i]}")
		fi
	done

	if [ ${#words[@]} -eq 0 ]; then
		case $prev in
		-b)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		-n)	list=$(_salctl_netns) ;;
		*)	list="$objects $options" ;;
		esac
	elif [ ${#words[@]} -gt 1 ] && list=$(_salctl_value "$prev"); then
		:
	else
		list=$(_salctl_object "${words[@]}")
	fi
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "$cur")
}

complete -F _salctl salctl
