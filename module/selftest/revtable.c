// SPDX-License-Identifier: GPL-2.0
/*
 * selftest/revtable.c - who is at an address, against a plain array
 */
#ifdef DEBUG

#include <linux/random.h>
#include <linux/slab.h>

#define REV_TEST_OPS	5000
#define REV_TEST_MAX	6

/**
 * struct rev_test - one address, and who should be there
 * @d: domain; has nothing but a reverse table
 * @ep: endpoints; each is in the table once, or not
 * @want: those that are, in order
 * @n: how many
 */
struct rev_test {
	struct sal_domain d;
	struct sal_endpoint ep[REV_TEST_MAX];
	struct sal_endpoint *want[REV_TEST_MAX];
	unsigned int n;
};

static __init bool rev_test_wanted(const struct rev_test *t,
				   const struct sal_endpoint *ep)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->want[i] == ep)
			return true;
	return false;
}

/* one that is not there */
static __init struct sal_endpoint *rev_test_new(struct rev_test *t)
{
	unsigned int i;

	for (i = 0; i < REV_TEST_MAX; i++) {
		struct sal_endpoint *ep = &t->ep[i];

		if (rev_test_wanted(t, ep))
			continue;
		memset(ep, 0, sizeof(*ep));
		ep->rev[SAL_V4].ep = ep;
		ep->rev[SAL_V4].pending = true;
		return ep;
	}
	return NULL;
}

static __init void rev_test_drop(struct rev_test *t, unsigned int i)
{
	t->n--;
	for (; i < t->n; i++)
		t->want[i] = t->want[i + 1];
}

/* one that is planned, and nothing comes of it or all of it */
static __init int rev_test_insert(struct rev_test *t)
{
	struct sal_endpoint *ep = rev_test_new(t);
	unsigned int i = 0;
	int err;

	if (!ep)
		return 0;
	err = sal_reverse_insert(&t->d, &ep->rev[SAL_V4]);
	if (err)
		return err;
	if (get_random_u32_below(4) == 0) {
		sal_reverse_remove(&t->d, &ep->rev[SAL_V4]);
		return 0;
	}
	while (i < t->n) {
		if (t->want[i]->dead)
			rev_test_drop(t, i);
		else
			i++;
	}
	t->want[t->n++] = ep;
	sal_reverse_admit(&t->d, &ep->rev[SAL_V4]);
	return 0;
}

static __init void rev_test_replace(struct rev_test *t, unsigned int i)
{
	struct sal_endpoint *ep = rev_test_new(t);

	if (!ep)
		return;
	sal_reverse_inherit(&ep->rev[SAL_V4], &t->want[i]->rev[SAL_V4]);
	sal_reverse_replace(&t->d, &t->want[i]->rev[SAL_V4], &ep->rev[SAL_V4]);
	t->want[i] = ep;
}

static __init int rev_test_op(struct rev_test *t)
{
	unsigned int i;

	if (!t->n || get_random_u32_below(3) == 0)
		return rev_test_insert(t);
	i = get_random_u32_below(t->n);
	switch (get_random_u32_below(3)) {
	case 0:
		t->want[i]->dead = true;
		break;
	case 1:
		rev_test_replace(t, i);
		break;
	default:
		sal_reverse_remove(&t->d, &t->want[i]->rev[SAL_V4]);
		rev_test_drop(t, i);
	}
	return 0;
}

static __init bool rev_test_right(struct rev_test *t)
{
	struct in6_addr addr = {};
	bool shared = t->n > 1;
	struct sal_reverse *rev;
	unsigned int i;
	bool right;

	rcu_read_lock();
	rev = sal_reverse_lookup(&t->d, &addr);
	for (i = 0; rev && i < t->n; i++, rev = sal_reverse_next(rev))
		if (rev->ep != t->want[i] || rev->shared != shared ||
		    !rev->linked)
			break;
	right = !rev && i == t->n;
	rcu_read_unlock();
	for (i = 0; i < REV_TEST_MAX; i++)
		if (t->ep[i].rev[SAL_V4].linked !=
		    rev_test_wanted(t, &t->ep[i]))
			right = false;
	return right;
}

static __init int rev_test_run(struct rev_test *t)
{
	unsigned int i;
	int err = 0;

	mutex_lock(&sal_mutex);
	for (i = 0; i < REV_TEST_OPS && !err; i++) {
		err = rev_test_op(t);
		if (!err && !rev_test_right(t)) {
			pr_err("selftest: reverse table wrong after %u changes\n",
			       i + 1);
			err = -EINVAL;
		}
	}
	while (t->n) {
		sal_reverse_remove(&t->d, &t->want[0]->rev[SAL_V4]);
		rev_test_drop(t, 0);
	}
	mutex_unlock(&sal_mutex);
	return err;
}

int __init sal_reverse_selftest(void)
{
	struct rev_test *t = kzalloc_obj(*t, GFP_KERNEL);
	int err;

	if (!t)
		return -ENOMEM;
	err = sal_reverse_init(&t->d);
	if (!err) {
		err = rev_test_run(t);
		sal_reverse_destroy(&t->d);
	}
	kfree(t);
	return err;
}

#endif /* DEBUG */
