// SPDX-License-Identifier: GPL-2.0
/*
 * selftest/hold.c - the hold queue and its lanes against two arrays
 */
#ifdef DEBUG

#include <linux/random.h>

#define HOLD_TEST_STEPS		20000
#define HOLD_TEST_PACKETS	20
#define HOLD_TEST_BYTES		6000
#define HOLD_TEST_CONVS		5

/**
 * struct hold_model - what the queue should do, in the plainest way
 * @held: what is in it, the oldest first, for each family
 * @n: how many
 */
struct hold_model {
	struct sal_held *held[SAL_AF_NUM][HOLD_TEST_PACKETS];
	unsigned int n[SAL_AF_NUM];
};

static __init u32 hold_model_bytes(const struct hold_model *model)
{
	unsigned int i;
	u32 bytes = 0;
	int af;

	for (af = 0; af < SAL_AF_NUM; af++)
		for (i = 0; i < model->n[af]; i++)
			bytes += model->held[af][i]->lane.size;
	return bytes;
}

static __init struct sal_held *hold_model_pop(struct hold_model *model, int af)
{
	struct sal_held *first = model->n[af] ? model->held[af][0] : NULL;

	if (first)
		memmove(&model->held[af][0], &model->held[af][1],
			--model->n[af] * sizeof(first));
	return first;
}

static __init bool hold_test_push(struct sal_hold *h, struct hold_model *model,
				  int af, unsigned long now)
{
	const struct sal_service_conf conf = {
		.hold_packets	= HOLD_TEST_PACKETS,
		.hold_bytes	= HOLD_TEST_BYTES,
	};
	u32 size = 1 + get_random_u32_below(HOLD_TEST_BYTES / 8);
	struct sal_room want;
	struct sal_held *held;
	bool fits;

	fits = model->n[SAL_V4] + model->n[SAL_V6] < HOLD_TEST_PACKETS &&
	       hold_model_bytes(model) + size <= HOLD_TEST_BYTES;
	sal_room_want(h, &conf, size, &want);
	if (sal_room_lacks(&want) == fits)
		return false;
	if (!fits)
		return true;
	held = kzalloc_obj(*held, GFP_KERNEL);
	if (!held)
		return false;
	held->lane.size = size;
	held->lane.conv = get_random_u32_below(HOLD_TEST_CONVS);
	held->deadline = now + 8;
	hold_push(h, af, held);
	model->held[af][model->n[af]++] = held;
	return true;
}

static __init bool hold_test_pop(struct sal_hold *h, struct hold_model *model,
				 int af, unsigned long now)
{
	struct sal_held *held, *want = NULL;

	if (get_random_u32_below(2)) {
		held = sal_hold_pop(h, af);
		want = hold_model_pop(model, af);
	} else {
		held = sal_hold_pop_expired(h, af, now);
		if (model->n[af] &&
		    time_after_eq(now, model->held[af][0]->deadline))
			want = hold_model_pop(model, af);
	}
	kfree(held);
	return held == want;
}

/* how many packets of a conversation */
static __init u32 hold_model_lane(const struct hold_model *model, u64 conv,
				  u32 *bytes)
{
	unsigned int i, n = 0;
	int af;

	*bytes = 0;
	for (af = 0; af < SAL_AF_NUM; af++)
		for (i = 0; i < model->n[af]; i++)
			if (model->held[af][i]->lane.conv == conv) {
				*bytes += model->held[af][i]->lane.size;
				n++;
			}
	return n;
}

/* as it is ranked: who has a single packet is the last */
static __init u32 hold_model_length(u32 n, u32 bytes)
{
	return n > 1 ? max(n, bytes >> 10) : n;
}

static __init bool hold_test_lanes(const struct sal_hold *h,
				   const struct hold_model *model)
{
	const struct sal_lane *lead, *longest;
	u32 n, bytes, most = 0;
	u64 conv;

	for (conv = 0; conv < HOLD_TEST_CONVS; conv++) {
		n = hold_model_lane(model, conv, &bytes);
		most = max(most, hold_model_length(n, bytes));
		lead = sal_lane_find(&h->q->lanes, conv);
		if (n ? !lead || lead->packets != n || lead->bytes != bytes :
			!!lead)
			return false;
	}
	longest = sal_lane_longest(&h->q->lanes);
	return most ? longest && hold_model_length(longest->packets,
						   longest->bytes) > most / 2 :
		      !longest;
}

static __init bool hold_test_step(struct sal_hold *h, struct hold_model *model,
				  unsigned long now)
{
	int af = get_random_u32_below(SAL_AF_NUM);
	bool ok;

	/* more comes than goes for a while, then the reverse */
	if (get_random_u32_below(4) < (now >> 6 & 1 ? 1 : 3))
		ok = hold_test_push(h, model, af, now);
	else
		ok = hold_test_pop(h, model, af, now);
	return ok && hold_test_lanes(h, model) &&
	       h->bytes == hold_model_bytes(model) &&
	       h->packets == model->n[SAL_V4] + model->n[SAL_V6];
}

int __init sal_hold_selftest(void)
{
	struct hold_model *model;
	struct sal_hold_queue *q;
	struct sal_hold *h;
	unsigned long now;
	bool ok = false;
	int af, i;

	h = kzalloc_obj(*h, GFP_KERNEL);
	q = kzalloc_obj(*q, GFP_KERNEL);
	model = kzalloc_obj(*model, GFP_KERNEL);
	if (!h || !q || !model)
		goto out;
	h->q = q;
	for (af = 0; af < SAL_AF_NUM; af++)
		INIT_LIST_HEAD(&q->held[af]);
	sal_lanes_init(&q->lanes);

	ok = true;
	/* deadlines wrap like jiffies do */
	now = -HOLD_TEST_STEPS / 8;
	for (i = 0; i < HOLD_TEST_STEPS && ok; i++)
		ok = hold_test_step(h, model, now + i / 4);
	for (af = 0; af < SAL_AF_NUM; af++)
		while (sal_hold_first(h, af))
			kfree(sal_hold_pop(h, af));
out:
	kfree(model);
	kfree(q);
	kfree(h);
	pr_info("sal: selftest hold: %s\n", ok ? "pass" : "FAIL");
	return ok ? 0 : -EINVAL;
}

#endif
