// SPDX-License-Identifier: GPL-2.0
/*
 * fence.c - telling listeners what was fenced off
 */
#include <linux/string.h>

#include "domain.h"
#include "endpoint.h"
#include "events.h"
#include "fence.h"
#include "service.h"

#define FENCE_DELAY	(HZ / 10)

/* takes what is to be told first; false where there is nothing */
static bool fence_take(struct sal_fences *fences, struct sal_fence *fence)
{
	bool got;

	spin_lock_bh(&fences->lock);
	got = fences->n;
	if (got) {
		*fence = fences->fence[0];
		fences->n--;
		memmove(&fences->fence[0], &fences->fence[1],
			fences->n * sizeof(*fence));
	}
	spin_unlock_bh(&fences->lock);
	return got;
}

static void fence_work(struct work_struct *work)
{
	struct sal_domain *d = container_of(to_delayed_work(work),
					    struct sal_domain, fences.work);
	struct sal_fence fence;

	while (fence_take(&d->fences, &fence)) {
		sal_event_fence(&fence);
		sal_service_put(fence.svc);
	}
}

/* NULL where there are too many */
static struct sal_fence *fence_find(struct sal_fences *fences,
				    struct sal_service *svc,
				    const struct sal_endpoint *ep)
{
	struct sal_fence *fence;
	unsigned int i;

	for (i = 0; i < fences->n; i++)
		if (fences->fence[i].svc == svc && fences->fence[i].ep == ep->id)
			return &fences->fence[i];
	if (fences->n == SAL_FENCES)
		return NULL;
	fence = &fences->fence[fences->n++];
	memset(fence, 0, sizeof(*fence));
	sal_service_get(svc);
	fence->svc = svc;
	fence->ep = ep->id;
	strscpy(fence->name, ep->name, sizeof(fence->name));
	return fence;
}

void sal_fence_note(struct sal_service *svc, const struct sal_endpoint *ep,
		    enum sal_fenced what)
{
	struct sal_domain *d = svc->domain;
	struct sal_fence *fence;

	/* its work is cancelled when packets have gone */
	if (READ_ONCE(d->dead))
		return;
	spin_lock_bh(&d->fences.lock);
	fence = fence_find(&d->fences, svc, ep);
	if (fence)
		fence->packets[what]++;
	spin_unlock_bh(&d->fences.lock);
	schedule_delayed_work(&d->fences.work, FENCE_DELAY);
}

void sal_fences_init(struct sal_domain *d)
{
	spin_lock_init(&d->fences.lock);
	INIT_DELAYED_WORK(&d->fences.work, fence_work);
}

void sal_fences_exit(struct sal_domain *d)
{
	struct sal_fence fence;

	cancel_delayed_work_sync(&d->fences.work);
	while (fence_take(&d->fences, &fence))
		sal_service_put(fence.svc);
}
