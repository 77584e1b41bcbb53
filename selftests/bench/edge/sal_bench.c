// SPDX-License-Identifier: GPL-2.0
/*
 * sal_bench.c - traffic between kernel sockets, for benchmarks
 *
 * All of a host's own way is measured, LOCAL_OUT and LOCAL_IN included, and no system
 * call. What is written to /proc/sal_bench is done in the network namespace of who
 * writes, and before write() returns:
 *
 *	udp-echo ADDRESS PORT		answer, as long as the namespace is there
 *	tcp-sink ADDRESS PORT		listen as long, for tcp-stream
 *	udp-send ADDRESS PORT FLOWS COUNT	send, by sockets that take turns
 *	udp-ask ADDRESS PORT FLOWS COUNT	the same, each is answered before the next
 *	icmp-ask ADDRESS COUNT		echo requests, one after the other
 *	tcp-stream ADDRESS PORT MBYTES	as many MB of 10^6 bytes, to the sink
 *
 * Then it reads as the nanoseconds that the last one took. Sockets are connected, so
 * an answer counts only if it is from the address that was asked, and a request only
 * if it came to the one that the socket is bound to. One that stays away is -ETIMEDOUT.
 *
 * One namespace has the echo, and one the sink: those of the last who asked for it.
 */
#include <linux/icmp.h>
#include <linux/inet.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

/* of a frame of 60 bytes, as pktgen's are */
#define PAYLOAD		18
#define CHUNK		65536
#define FLOWS_MAX	20000
#define PATIENCE	(2 * HZ)

/* protects all of these */
static DEFINE_MUTEX(bench_mutex);
static struct socket *bench_echo;
static struct socket *bench_sink;
static u64 bench_ns;
/* what is sent; and received, by whom it is of no use to */
static u8 bench_data[CHUNK];

/* answers, by softirqs */
static atomic_long_t bench_answers;

/* what was asked for */
struct bench_args {
	struct sockaddr_in addr;
	unsigned long flows;
	unsigned long count;
};

static int bench_send(struct socket *sock, void *data, size_t len,
		      struct sockaddr_in *to)
{
	struct msghdr msg = {
		.msg_name = to,
		.msg_namelen = to ? sizeof(*to) : 0,
	};
	struct kvec vec = { .iov_base = data, .iov_len = len };

	return kernel_sendmsg(sock, &msg, &vec, 1, len);
}

/* The socket's end of LOCAL_IN, instead of a queue. */
static int bench_answer(struct sock *sk, struct sk_buff *skb)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = udp_hdr(skb)->source,
		.sin_addr.s_addr = ip_hdr(skb)->saddr,
	};

	bench_send(sk->sk_socket, bench_data, PAYLOAD, &to);
	consume_skb(skb);
	return 0;
}

static int bench_count(struct sock *sk, struct sk_buff *skb)
{
	atomic_long_inc(&bench_answers);
	consume_skb(skb);
	return 0;
}

static void bench_pong(struct sock *sk)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&sk->sk_receive_queue))) {
		if (icmp_hdr(skb)->type == ICMP_ECHOREPLY)
			atomic_long_inc(&bench_answers);
		consume_skb(skb);
	}
}

/* kernel sockets keep no namespace: whoever has one lets go of it in time */
static struct socket *bench_socket(int type, int protocol)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(current->nsproxy->net_ns, AF_INET, type, protocol,
			       &sock);
	if (err)
		return ERR_PTR(err);
	/* answers are sent by softirqs */
	if (type != SOCK_STREAM)
		sock->sk->sk_allocation = GFP_ATOMIC;
	return sock;
}

static struct socket *bench_udp(int (*rcv)(struct sock *sk, struct sk_buff *skb))
{
	struct socket *sock = bench_socket(SOCK_DGRAM, IPPROTO_UDP);

	if (!IS_ERR(sock)) {
		WRITE_ONCE(udp_sk(sock->sk)->encap_rcv, rcv);
		WRITE_ONCE(udp_sk(sock->sk)->encap_type, 1);
		udp_tunnel_encap_enable(sock->sk);
	}
	return sock;
}

static int bench_connect(struct socket *sock, const struct bench_args *args)
{
	struct sockaddr_in addr = args->addr;

	return kernel_connect(sock, (struct sockaddr_unsized *)&addr,
			      sizeof(addr), 0);
}

/* one of those that stay */
static int bench_serve(struct socket **where, struct socket *sock,
		       const struct bench_args *args)
{
	struct sockaddr_in addr = args->addr;
	int err;

	if (IS_ERR(sock))
		return PTR_ERR(sock);
	err = kernel_bind(sock, (struct sockaddr_unsized *)&addr, sizeof(addr));
	if (!err && sock->type == SOCK_STREAM)
		err = kernel_listen(sock, 1);
	if (err) {
		sock_release(sock);
		return err;
	}
	if (*where)
		sock_release(*where);
	*where = sock;
	return 0;
}

static int bench_udp_echo(struct bench_args *args)
{
	return bench_serve(&bench_echo, bench_udp(bench_answer), args);
}

static int bench_tcp_sink(struct bench_args *args)
{
	return bench_serve(&bench_sink, bench_socket(SOCK_STREAM, IPPROTO_TCP),
			   args);
}

static int bench_answered(long want)
{
	unsigned long end = jiffies + PATIENCE;

	while (atomic_long_read(&bench_answers) < want) {
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		cond_resched();
	}
	return 0;
}

static void bench_release(struct socket **socks, unsigned long n)
{
	while (n--)
		sock_release(socks[n]);
	kvfree(socks);
}

static struct socket **bench_flows(const struct bench_args *args)
{
	struct socket **socks;
	unsigned long i;
	int err = 0;

	if (!args->flows || args->flows > FLOWS_MAX)
		return ERR_PTR(-ERANGE);
	socks = kvcalloc(args->flows, sizeof(*socks), GFP_KERNEL);
	if (!socks)
		return ERR_PTR(-ENOMEM);
	for (i = 0; !err && i < args->flows; i++) {
		socks[i] = bench_udp(bench_count);
		err = PTR_ERR_OR_ZERO(socks[i]);
		if (err)
			break;
		err = bench_connect(socks[i], args);
	}
	if (!err)
		return socks;
	bench_release(socks, i);
	return ERR_PTR(err);
}

/* @count times, by one socket after the other */
static int bench_rounds(struct socket **socks, const struct bench_args *args,
			unsigned long count, bool ask)
{
	unsigned long i, flow = 0;
	int err;

	atomic_long_set(&bench_answers, 0);
	for (i = 0; i < count; i++) {
		err = bench_send(socks[flow], bench_data, PAYLOAD, NULL);
		if (err < 0)
			return err;
		if (ask) {
			err = bench_answered(i + 1);
			if (err)
				return err;
		}
		if (++flow == args->flows)
			flow = 0;
		cond_resched();
	}
	return 0;
}

/* each socket has sent, and perhaps was answered, before time is taken */
static int bench_udp_run(const struct bench_args *args, bool ask)
{
	struct socket **socks = bench_flows(args);
	u64 start;
	int err;

	if (IS_ERR(socks))
		return PTR_ERR(socks);
	err = bench_rounds(socks, args, args->flows, ask);
	if (!err) {
		start = ktime_get_ns();
		err = bench_rounds(socks, args, args->count, ask);
		bench_ns = ktime_get_ns() - start;
	}
	bench_release(socks, args->flows);
	return err;
}

static int bench_udp_send(struct bench_args *args)
{
	return bench_udp_run(args, false);
}

static int bench_udp_ask(struct bench_args *args)
{
	return bench_udp_run(args, true);
}

static int bench_pings(struct socket *sock, unsigned long count)
{
	struct {
		struct icmphdr hdr;
		u8 data[PAYLOAD];
	} ping = { .hdr = { .type = ICMP_ECHO, .un.echo.id = htons(7) } };
	unsigned long i;
	int err;

	atomic_long_set(&bench_answers, 0);
	for (i = 0; i < count; i++) {
		ping.hdr.un.echo.sequence = htons(i);
		ping.hdr.checksum = 0;
		ping.hdr.checksum = ip_compute_csum(&ping, sizeof(ping));
		err = bench_send(sock, &ping, sizeof(ping), NULL);
		if (err < 0)
			return err;
		err = bench_answered(i + 1);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int bench_icmp_ask(struct bench_args *args)
{
	struct socket *sock = bench_socket(SOCK_RAW, IPPROTO_ICMP);
	u64 start;
	int err;

	if (IS_ERR(sock))
		return PTR_ERR(sock);
	sock->sk->sk_data_ready = bench_pong;
	args->addr.sin_port = 0;
	err = bench_connect(sock, args) ?: bench_pings(sock, 10);
	if (!err) {
		start = ktime_get_ns();
		err = bench_pings(sock, args->count);
		bench_ns = ktime_get_ns() - start;
	}
	sock_release(sock);
	return err;
}

/* who receives a stream */
struct bench_drain {
	struct work_struct work;
	struct socket *sock;
	u8 *data;
	u64 left;
};

static void bench_drain(struct work_struct *work)
{
	struct bench_drain *drain = container_of(work, struct bench_drain, work);
	int got;

	while (drain->left) {
		struct msghdr msg = {};
		struct kvec vec = { .iov_base = drain->data, .iov_len = CHUNK };

		got = kernel_recvmsg(drain->sock, &msg, &vec, 1, CHUNK, 0);
		if (got <= 0)
			return;
		drain->left -= min_t(u64, got, drain->left);
	}
}

/* closed by a reset: nothing of it outlives its namespace */
static void bench_reset(struct socket *sock)
{
	sock_no_linger(sock->sk);
	sock_release(sock);
}

static int bench_pour(struct socket *sock, u64 bytes)
{
	int sent;

	for (; bytes; bytes -= sent) {
		sent = bench_send(sock, bench_data, min_t(u64, bytes, CHUNK), NULL);
		if (sent <= 0)
			return sent ?: -EPIPE;
	}
	return 0;
}

/* @sock is connected to the sink */
static int bench_stream(struct socket *sock, u64 bytes)
{
	struct bench_drain drain = { .left = bytes };
	u64 start;
	int err;

	err = kernel_accept(bench_sink, &drain.sock, 0);
	if (err)
		return err;
	err = -ENOMEM;
	drain.data = kvmalloc(CHUNK, GFP_KERNEL);
	if (!drain.data)
		goto release;
	/* the last byte comes, or the sender gives up */
	drain.sock->sk->sk_rcvtimeo = PATIENCE;
	sock->sk->sk_sndtimeo = PATIENCE;
	INIT_WORK_ONSTACK(&drain.work, bench_drain);
	start = ktime_get_ns();
	queue_work(system_dfl_wq, &drain.work);
	err = bench_pour(sock, bytes);
	flush_work(&drain.work);
	bench_ns = ktime_get_ns() - start;
	destroy_work_on_stack(&drain.work);
	if (!err && drain.left)
		err = -ETIMEDOUT;
	kvfree(drain.data);
release:
	bench_reset(drain.sock);
	return err;
}

static int bench_tcp_stream(struct bench_args *args)
{
	struct socket *sock;
	int err;

	if (!bench_sink)
		return -ENOTCONN;
	/* in its place are MB */
	if (!args->flows || args->flows > 1000000)
		return -ERANGE;
	sock = bench_socket(SOCK_STREAM, IPPROTO_TCP);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	sock->sk->sk_sndtimeo = PATIENCE;
	err = bench_connect(sock, args) ?:
	      bench_stream(sock, args->flows * 1000000ULL);
	bench_reset(sock);
	return err;
}

static const struct bench_command {
	const char *name;
	int (*run)(struct bench_args *args);
	/* numbers after the address */
	int numbers;
} bench_commands[] = {
	{ "udp-echo", bench_udp_echo, 1 },
	{ "tcp-sink", bench_tcp_sink, 1 },
	{ "udp-send", bench_udp_send, 3 },
	{ "udp-ask", bench_udp_ask, 3 },
	{ "icmp-ask", bench_icmp_ask, 1 },
	{ "tcp-stream", bench_tcp_stream, 2 },
};

static int bench_run(char *line)
{
	char *word[5] = {};
	unsigned long number[3] = {};
	struct bench_args args = { .addr.sin_family = AF_INET };
	int i, n = 0;

	while (n < ARRAY_SIZE(word) && (word[n] = strsep(&line, " ")))
		n++;
	if (line || n < 2 ||
	    !in4_pton(word[1], -1, (u8 *)&args.addr.sin_addr, -1, NULL))
		return -EINVAL;
	for (i = 0; i < n - 2; i++)
		if (kstrtoul(word[i + 2], 0, &number[i]))
			return -EINVAL;
	args.addr.sin_port = htons(number[0]);
	args.flows = number[1];
	args.count = n == 3 ? number[0] : number[2];
	for (i = 0; i < ARRAY_SIZE(bench_commands); i++)
		if (!strcmp(bench_commands[i].name, word[0]) &&
		    bench_commands[i].numbers == n - 2)
			return bench_commands[i].run(&args);
	return -EINVAL;
}

static ssize_t bench_write(struct file *file, const char __user *buf, size_t len,
			   loff_t *pos)
{
	char line[80];
	int err;

	if (len >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buf, len))
		return -EFAULT;
	line[len] = 0;
	err = mutex_lock_interruptible(&bench_mutex);
	if (err)
		return err;
	err = bench_run(strim(line));
	mutex_unlock(&bench_mutex);
	return err ?: len;
}

static int bench_show(struct seq_file *seq, void *v)
{
	mutex_lock(&bench_mutex);
	seq_printf(seq, "%llu\n", bench_ns);
	mutex_unlock(&bench_mutex);
	return 0;
}

static int bench_open(struct inode *inode, struct file *file)
{
	return single_open(file, bench_show, NULL);
}

static const struct proc_ops bench_ops = {
	.proc_open = bench_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_write = bench_write,
	.proc_release = single_release,
};

/* if it is of that namespace */
static void bench_let_go(struct socket **where, const struct net *net)
{
	if (!*where || sock_net((*where)->sk) != net)
		return;
	sock_release(*where);
	*where = NULL;
}

static void __net_exit bench_net_exit(struct net *net)
{
	mutex_lock(&bench_mutex);
	bench_let_go(&bench_echo, net);
	bench_let_go(&bench_sink, net);
	mutex_unlock(&bench_mutex);
}

static struct pernet_operations bench_net_ops = {
	.pre_exit = bench_net_exit,
};

static int __init bench_init(void)
{
	int err = register_pernet_subsys(&bench_net_ops);

	if (err)
		return err;
	if (!proc_create("sal_bench", 0600, NULL, &bench_ops)) {
		unregister_pernet_subsys(&bench_net_ops);
		return -ENOMEM;
	}
	return 0;
}

static void __exit bench_exit(void)
{
	remove_proc_entry("sal_bench", NULL);
	/* lets go of sockets in all that are there */
	unregister_pernet_subsys(&bench_net_ops);
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Traffic between kernel sockets, for sal's benchmarks");
MODULE_LICENSE("GPL");
