/* SPDX-License-Identifier: Apache-2.0 */
#include "api/event_view.h"

#include "json/events.h"

void event_write(struct buf *out, const struct event *e)
{
	const struct event_message m = {
		.seq = e->seq,
		.id = e->id,
		.type = e->type,
		.time = e->time,
		.alert = e->alert,
		.county = e->county,
		.period = e->period,
		.item = e->item,
		.rule = e->rule,
		.severity = e->severity,
		.value = e->has_value ? &e->value : NULL,
		.limit = e->has_limit ? &e->limit : NULL,
		.version = e->version,
	};

	json_write_event(&m, out);
}

void event_write_message(struct buf *out, const struct event *e)
{
	buf_printf(out, "id: %lld\nevent: %s\ndata: ", (long long)e->seq, e->type);
	event_write(out, e);
	buf_str(out, "\n\n");
}
