/* SPDX-License-Identifier: Apache-2.0 */
/* Messages on the bus: encode and decode. Schemas: proto/events. */
#ifndef JSON_EVENTS_H
#define JSON_EVENTS_H

#include "base/buf.h"
#include "domain/event.h"
#include "domain/school.h"

/* { "county", "period", "version" }: this county has changes up to version. "bulk", if true: it is
 * one of many that changed at once, and may wait for those that somebody waits for. */
struct change_hint {
	char county[COUNTY_CODE];
	char period[PERIOD_CODE];
	int64_t version;
	bool bulk;
};
#define HINT_BYTES_MAX 256

void json_write_hint(const struct change_hint *hint, struct buf *out);

/* ERR_MALFORMED, ERR_INVALID: a hint that is not one is dropped. */
enum err json_read_hint(const char *body, size_t len, struct change_hint *out) MUST_CHECK;

/* One alert transition, as in GET /v1/events, on the PUB socket and in streams: an object
 * with a "summary" made from the fields, "zh / en". */
void json_write_event(const struct event *event, struct buf *out);

/* "alert.<county>.<item>" */
#define TOPIC_BYTES 64
void event_topic(const char *county, const char *item, char out[TOPIC_BYTES]);

#endif
