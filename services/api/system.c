/* SPDX-License-Identifier: Apache-2.0 */
/* What operators ask: is it alive, is it ready, how is it doing, what can it do. */
#include "api/handlers.h"
#include "base/metrics.h"
#include "store/events.h"
#include "store/recompute.h"
#include "store/tallies.h"

/* build/gen/openapi.json, linked in. The linker chooses these names. */
extern const char _binary_openapi_json_start[];
extern const char _binary_openapi_json_end[];

enum err health_get(struct call *c)
{
	buf_str(&c->rp->body, "{\"status\":\"ok\"}");
	return ERR_OK;
}

enum err ready_get(struct call *c)
{
	const enum err e = store_ready(c->api->store, &c->info);

	if (atomic_load(&c->api->stopping))
		return ERR_BUSY;
	/* Another schema is as good as no database to whoever asks. */
	if (e != ERR_OK)
		return e == ERR_BUSY ? ERR_BUSY : ERR_DB_DOWN;
	buf_str(&c->rp->body, "{\"status\":\"ready\"}");
	return ERR_OK;
}

enum err openapi_get(struct call *c)
{
	buf_add(&c->rp->body, _binary_openapi_json_start,
		(size_t)(_binary_openapi_json_end - _binary_openapi_json_start));
	reply_etag_body(c->rp);
	return ERR_OK;
}

/* What the database knows; left as it was while it is away. */
static void read_shared(struct call *c)
{
	struct store_stats stats;
	int64_t behind = 0, seq = 0;
	double seconds = 0;

	if (store_behind_count(c->api->store, &behind, &seconds, &c->info) == ERR_OK) {
		metric_set(METRIC_BEHIND, (double)behind);
		metric_set(METRIC_BEHIND_SECONDS, seconds);
	}
	if (store_events_last(c->api->store, &seq, &c->info) == ERR_OK)
		metric_set(METRIC_EVENT_SEQ, (double)seq);
	IGNORE(store_tallies_read(c->api->store, &c->info), "shown as they were");
	store_stats(c->api->store, &stats);
	metric_set(METRIC_DB_CONNECTIONS, stats.open);
	metric_set(METRIC_DB_WAITS, (double)stats.waits);
	metric_set(METRIC_DB_TIMEOUTS, (double)stats.timeouts);
	metric_set(METRIC_DB_BROKEN, (double)stats.broken);
}

enum err metrics_get(struct call *c)
{
	read_shared(c);
	metrics_write(&c->rp->body);
	c->rp->content_type = "text/plain; version=0.0.4; charset=utf-8";
	return ERR_OK;
}
