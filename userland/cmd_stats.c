// SPDX-License-Identifier: GPL-2.0
/*
 * cmd_stats.c - counters
 */
#include <linux/sal.h>

#include "cmd.h"
#include "conn.h"
#include "salctl.h"
#include "show.h"

static const struct field stats_field[] = {
	{ SAL_A_STATS_NAME, F_HEAD },
	{ SAL_A_STATS_PACKETS, F_HEAD },
	{ SAL_A_STATS_DROP },
	{ SAL_A_STATS_DOC, F_HEAD | F_LINE | F_EXPLAIN },
	{ SAL_A_STATS_ID, F_JSON },
};

LAYOUT(stats, stats);

/* People look for what has happened; scripts want to find what they ask for,
 * so that JSON has all of them.
 */
static int show(const struct nlmsghdr *nlh, void *data)
{
	json_t *obj = out_decode(&layout_stats, nlh);
	const uint8_t *also = data;

	if (opt.json || opt.detail || out_num(obj, "packets"))
		list_object(&layout_stats, obj, *also);
	json_decref(obj);
	return EXIT_OK;
}

static const struct field service_traffic_field[] = {
	{ SAL_A_SERVICE_NAME, F_HEAD },
	{ SAL_A_SERVICE_FORWARD_PACKETS, 0, "forward packets" },
	{ SAL_A_SERVICE_FORWARD_BYTES, 0, "bytes" },
	{ SAL_A_SERVICE_REVERSE_PACKETS, 0, "reverse packets" },
	{ SAL_A_SERVICE_REVERSE_BYTES, 0, "bytes" },
};

static LAYOUT(service_traffic, service);

static const struct field endpoint_traffic_field[] = {
	{ SAL_A_ENDPOINT_SERVICE, F_HEAD },
	{ SAL_A_ENDPOINT_NAME, F_HEAD },
	{ SAL_A_ENDPOINT_FORWARD_PACKETS, 0, "forward packets" },
	{ SAL_A_ENDPOINT_FORWARD_BYTES, 0, "bytes" },
	{ SAL_A_ENDPOINT_REVERSE_PACKETS, 0, "reverse packets" },
	{ SAL_A_ENDPOINT_REVERSE_BYTES, 0, "bytes" },
};

static LAYOUT(endpoint_traffic, endpoint);

static int show_traffic(const struct nlmsghdr *nlh, void *data)
{
	const struct layout *layout = data;
	json_t *obj = out_decode(layout, nlh);

	list_object(layout, obj, 0);
	json_decref(obj);
	return EXIT_OK;
}

/* a service and all its endpoints, or one of them */
static int stats_of(const char *svc, const char *ep)
{
	struct request *req = req_new(ep ? SAL_CMD_ENDPOINT_GET :
					   SAL_CMD_SERVICE_GET);
	const struct layout *layout = ep ? &layout_endpoint_traffic :
					   &layout_service_traffic;
	int ret;

	req_str(req, ep ? SAL_A_ENDPOINT_SERVICE : SAL_A_SERVICE_NAME, svc);
	if (ep)
		req_str(req, SAL_A_ENDPOINT_NAME, ep);
	list_begin();
	ret = conn_do(req, show_traffic, (void *)layout);
	if (!ret && !ep) {
		req = req_new(SAL_CMD_ENDPOINT_GET);
		req_str(req, SAL_A_ENDPOINT_SERVICE, svc);
		ret = conn_dump(req, show_traffic,
				(void *)&layout_endpoint_traffic);
	}
	if (!ret)
		list_end();
	return ret;
}

static int stats_show(struct args *args)
{
	uint8_t also = args_accept(args, "explain") ? F_EXPLAIN : 0;
	const char *svc = also ? NULL : args_next(args);
	const char *ep = svc ? args_next(args) : NULL;
	int ret;

	ret = args_end(args);
	if (!ret && svc)
		return stats_of(svc, ep);
	if (ret)
		return ret;
	list_begin();
	ret = conn_dump(req_new(SAL_CMD_STATS_GET), show, &also);
	if (!ret)
		list_end();
	return ret;
}

static const struct command stats_commands[] = {
	{ "show", stats_show, "[SVC [EP]] | show explain" },
	{ }
};

const struct object object_stats = { "stats", stats_commands };
