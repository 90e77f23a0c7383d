/* SPDX-License-Identifier: Apache-2.0 */
/* Every accepted change in order: what a platform needs to mirror what is here. */
#include <inttypes.h>
#include <stdio.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "store/changes.h"
#include "json/write.h"

/* How each type is told: its name, the member that its code is, and where it is. */
static const struct {
	const char *name;
	const char *member;
	const char *path;
} types[CHANGE_TYPES] = {
	[CHANGE_REGION] = { "region", "code", "/v1/regions/" },
	[CHANGE_STANDARD] = { "standard", "id", "/v1/standards/" },
	[CHANGE_SCHOOL] = { "school", "code", "/v1/schools/" },
	[CHANGE_REPORT] = { "report", "school", "/v1/reports/" },
	[CHANGE_COUNTY_REPORT] = { "county_report", "county", "/v1/county-reports/" },
	[CHANGE_LEDGER] = { "ledger", "entry", "/v1/ledger/" },
	[CHANGE_PLAN] = { "plan", "county", "/v1/plans/" },
	[CHANGE_CALENDAR] = { "calendar", "year", "/v1/calendars/" },
	[CHANGE_RULE] = { "rule", "id", "/v1/rules/" },
};

static void write_item(const struct change_item *item, struct buf *out)
{
	const char *period = item->period;

	buf_str(out, "{");
	json_member_int(out, "seq", item->seq);
	json_member_text(out, "at", item->at);
	json_member_text(out, "type", types[item->type].name);
	json_member_text(out, "action", item->removed ? "delete" : "put");
	json_member_text(out, "region", item->region);
	json_member_text(out, types[item->type].member, item->code);
	if (period[0])
		json_member_text(out, "period", period);
	json_member_int(out, "version", item->version);
	json_name(out, "path");
	buf_printf(out, "\"%s%s%s%s", types[item->type].path, period, period[0] ? "/" : "",
		   item->code);
	/* Whose of that year or id: the path alone is that of the key's own region. */
	if (item->type == CHANGE_CALENDAR || item->type == CHANGE_RULE)
		buf_printf(out, "?region=%s", item->region);
	buf_str(out, "\"}");
}

enum err changes_list(struct call *c)
{
	auto_changes struct change_list list = { .n = 0 };
	struct buf *out = &c->rp->body;
	const char *county;
	int64_t after = 0;
	int limit = 0;
	char next[24];
	enum err e = call_county(c, &county);

	if (e == ERR_OK)
		e = page_after(c, &after);
	if (e == ERR_OK)
		e = page_limit(c, &limit);
	if (e == ERR_OK)
		e = store_changes_after(c->api->store, after, limit,
					county[0] ? county : access_prefix(&c->key), &list,
					&c->info);
	if (e != ERR_OK)
		return e;
	buf_str(out, "{");
	json_member_int(out, "last", list.last);
	json_name(out, "items");
	buf_str(out, "[");
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			buf_str(out, ",");
		write_item(&list.items[i], out);
	}
	if (snprintf(next, sizeof(next), "%" PRId64, list.last) < 0)
		return ERR_DB;
	page_end(c, "after", list.more ? next : NULL);
	return ERR_OK;
}
