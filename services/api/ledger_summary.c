/* SPDX-License-Identifier: Apache-2.0 */
/* How the ledger of a region stands, county by county. */
#include "api/handlers.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/ledger.h"
#include "store/org.h"
#include "json/write.h"

static void write_counts(struct buf *out, const struct ledger_county *county, bool since)
{
	json_name(out, "states");
	buf_str(out, "{");
	for (int i = LEDGER_NONE + 1; i < LEDGER_STATES; i++)
		json_member_int(out, ledger_state_names[i], county->states[i]);
	buf_str(out, "}");
	json_member_int(out, "overdue", county->overdue);
	json_name(out, "struck_off_since");
	if (since)
		buf_printf(out, "%lld", (long long)county->struck);
	else
		buf_str(out, "null");
}

static struct ledger_county total(const struct ledger_summary *s)
{
	struct ledger_county sum = { .overdue = 0 };

	for (size_t i = 0; i < s->n; i++) {
		for (int k = 0; k < LEDGER_STATES; k++)
			sum.states[k] += s->items[i].states[k];
		sum.overdue += s->items[i].overdue;
		sum.struck += s->items[i].struck;
	}
	return sum;
}

static void write_summary(struct buf *out, const struct region *region, int64_t since,
			  const struct ledger_summary *s)
{
	const struct ledger_county all = total(s);
	char at[TIME_TEXT];

	buf_str(out, "{");
	json_member_text(out, "region", region->code);
	json_member_text(out, "name", region->name);
	json_member_text_or_null(out, "since", since < 0 ? "" : time_format(since, at));
	write_counts(out, &all, since >= 0);
	json_name(out, "counties");
	buf_str(out, "[");
	for (size_t i = 0; i < s->n; i++) {
		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "county", s->items[i].county);
		json_member_text_or_null(out, "name", s->items[i].name);
		write_counts(out, &s->items[i], since >= 0);
		buf_str(out, "}");
	}
	buf_str(out, "]}");
}

enum err region_ledger(struct call *c)
{
	auto_ledger_summary struct ledger_summary summary = { .n = 0 };
	const char *code = call_path(c, "code");
	struct region region;
	int64_t since = -1;
	enum err e = call_since(c, &since);

	if (e == ERR_OK)
		e = store_region_get(c->api->store, code, &region, &c->info);
	if (e == ERR_OK)
		e = store_ledger_summary(c->api->store, code, since, &summary, &c->info);
	if (e == ERR_OK)
		write_summary(&c->rp->body, &region, since, &summary);
	return e;
}
