// SPDX-License-Identifier: GPL-2.0
/*
 * selftest/maglev.c - shares, and how little changes where an endpoint goes
 */
#ifdef DEBUG

#include <linux/slab.h>

#define MAGLEV_TEST_N	100

/* @gone: the one that is not there, or MAGLEV_TEST_N; @light: how many of them have
 * weight 1, the others having 3
 */
static __init void maglev_test_fill(u16 *slot, struct sal_maglev_entry *e,
				    u16 *who, unsigned int gone,
				    unsigned int light)
{
	unsigned int i, n = 0;
	char name[16];

	memset(e, 0, MAGLEV_TEST_N * sizeof(*e));
	for (i = 0; i < MAGLEV_TEST_N; i++) {
		if (i == gone)
			continue;
		snprintf(name, sizeof(name), "node-%u", i);
		sal_maglev_order(&e[n], name);
		e[n].weight = i < light ? 1 : 3;
		who[n++] = i;
	}
	sal_maglev_fill(slot, e, n);
	for (i = 0; i < SAL_MAGLEV_SLOTS; i++)
		slot[i] = who[slot[i]];
}

/* half have weight 1, half 3: a slot more or less for each */
static __init int maglev_test_shares(u16 *slot, struct sal_maglev_entry *e,
				     u16 *who)
{
	const u32 unit = SAL_MAGLEV_SLOTS / (MAGLEV_TEST_N / 2 * 4);
	u32 count[MAGLEV_TEST_N] = {};
	unsigned int i;

	maglev_test_fill(slot, e, who, MAGLEV_TEST_N, MAGLEV_TEST_N / 2);
	for (i = 0; i < SAL_MAGLEV_SLOTS; i++)
		count[slot[i]]++;
	for (i = 0; i < MAGLEV_TEST_N; i++) {
		u32 want = i < MAGLEV_TEST_N / 2 ? unit : 3 * unit;

		if (count[i] < want || count[i] > want + 3) {
			pr_err("sal: selftest maglev: %u has %u slots\n", i, count[i]);
			return -EINVAL;
		}
	}
	return 0;
}

/* no more than one slot in a hundred of those that need not change */
static __init int maglev_test_change(u16 *slot, u16 *old,
				     struct sal_maglev_entry *e, u16 *who)
{
	unsigned int gone, i, worst = 0;

	maglev_test_fill(old, e, who, MAGLEV_TEST_N, 0);
	for (gone = 0; gone < MAGLEV_TEST_N; gone += 9) {
		unsigned int more = 0;

		maglev_test_fill(slot, e, who, gone, 0);
		for (i = 0; i < SAL_MAGLEV_SLOTS; i++)
			more += old[i] != gone && old[i] != slot[i];
		worst = max(worst, more);
	}
	pr_info("sal: selftest maglev: one of %u gone: at most %u of %u slots more than must change\n",
		MAGLEV_TEST_N, worst, SAL_MAGLEV_SLOTS);
	return worst * 100 > SAL_MAGLEV_SLOTS ? -EINVAL : 0;
}

int __init sal_maglev_selftest(void)
{
	u16 *who __free(kfree) = kcalloc(MAGLEV_TEST_N, sizeof(*who), GFP_KERNEL);
	struct sal_maglev_entry *e __free(kfree) =
		kcalloc(MAGLEV_TEST_N, sizeof(*e), GFP_KERNEL);
	u16 *slot __free(kvfree) =
		kvcalloc(SAL_MAGLEV_SLOTS, sizeof(*slot), GFP_KERNEL);
	u16 *old __free(kvfree) =
		kvcalloc(SAL_MAGLEV_SLOTS, sizeof(*old), GFP_KERNEL);
	int err;

	if (!who || !e || !slot || !old)
		return -ENOMEM;
	err = maglev_test_shares(slot, e, who);
	if (!err)
		err = maglev_test_change(slot, old, e, who);
	pr_info("sal: selftest maglev: %s\n", err ? "FAIL" : "pass");
	return err;
}

#endif /* DEBUG */
