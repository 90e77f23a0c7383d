/* SPDX-License-Identifier: Apache-2.0 */
/* The counties of a region, a line each, the worst first. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/page.h"
#include "api/record_view.h"
#include "base/str.h"
#include "store/summary.h"
#include "json/write.h"

/* "<failing>:<excess>:<code>" */
static enum err read_rank(struct call *c, struct county_rank *out)
{
	char key[CURSOR_KEY];
	char *excess, *code, *end = NULL;
	enum err e = page_cursor(c, key);

	if (e != ERR_OK)
		return e;
	*out = (struct county_rank){ .failing = 0 };
	if (!key[0])
		return ERR_OK;
	excess = strchr(key, ':');
	code = strrchr(key, ':');
	if (!excess || code == excess || !str_is_digits(code + 1, COUNTY_CODE - 1))
		return page_bad_cursor(c);
	*excess++ = '\0';
	*code++ = '\0';
	/* strtod takes more than we write: blanks, signs, words. */
	out->excess = strtod(excess, &end);
	if (!str_to_int64(key, &out->failing) || out->failing < 0 || out->failing > ITEMS_MAX ||
	    !excess[0] || *end || strspn(excess, "0123456789.e+-") != strlen(excess) ||
	    !isfinite(out->excess) || out->excess < 0)
		return page_bad_cursor(c);
	str_copy(out->code, sizeof(out->code), code);
	return ERR_OK;
}

static enum err read_query(struct call *c, struct county_lines_query *q)
{
	struct explain_item item;
	enum county_state state;
	enum err e = call_period(c, &q->period);

	q->region = call_path(c, "code");
	q->state = query_get(&c->query, "verdict");
	q->item = query_get(&c->query, "item");
	if (e == ERR_OK && q->state[0] && !county_state_parse(q->state, &state))
		e = err_set(&c->info, ERR_PARAMETER, "verdict 的取值有误 / no such verdict");
	/* Counties are judged by different standards: any name that an item may have will do. */
	if (e == ERR_OK && q->item[0] &&
	    (!explain_item_parse(q->item, &item) || item.part == EXPLAIN_SCHOOLS))
		e = err_set(&c->info, ERR_PARAMETER, "没有该项目 / no such item");
	if (e == ERR_OK)
		e = page_limit(c, &q->limit);
	return e == ERR_OK ? read_rank(c, &q->after) : e;
}

static void write_line(struct buf *out, const struct county_line *l)
{
	buf_str(out, "{");
	json_member_text(out, "county", l->rank.code);
	json_member_text(out, "name", l->name);
	json_member_text(out, "verdict", county_state_names[l->state]);
	json_member_int(out, "failing_items", l->rank.failing);
	record_view_names(out, "failing", l->failing);
	record_view_names(out, "missing", l->missing);
	json_name(out, "worst");
	if (l->worst[0]) {
		buf_str(out, "{");
		json_member_text(out, "item", l->worst);
		json_member_double(out, "value", &l->worst_value);
		json_member_double(out, "limit", &l->worst_limit);
		buf_str(out, "}");
	} else {
		buf_str(out, "null");
	}
	json_member_int(out, "version", l->version);
	json_member_int(out, "accepted_version", l->accepted_version);
	json_member_text_or_null(out, "computed_at", l->computed_at);
	buf_str(out, "}");
}

/* The excess with all its digits: the next page asks the database about this very number. */
static enum err write_cursor(struct call *c, const struct county_rank *last)
{
	char key[CURSOR_KEY], cursor[CURSOR_BYTES];

	if (snprintf(key, sizeof(key), "%lld:%.17g:%s", (long long)last->failing, last->excess,
		     last->code) >= (int)sizeof(key))
		return err_set(&c->info, ERR_DB, "a cursor that is too long");
	cursor_write(key, cursor);
	page_end(c, "cursor", cursor);
	return ERR_OK;
}

enum err region_counties(struct call *c)
{
	auto_lines struct county_lines lines = { .items = NULL };
	struct county_lines_query q = { .region = NULL };
	struct buf *out = &c->rp->body;
	enum err e = read_query(c, &q);
	size_t n;

	if (e != ERR_OK)
		return e;
	/* One more than asked for tells whether there is a next page. */
	q.limit++;
	e = store_county_lines(c->api->store, &q, &lines, &c->info);
	if (e != ERR_OK)
		return e;
	n = lines.n < (size_t)q.limit ? lines.n : (size_t)q.limit - 1;
	buf_str(out, "{");
	json_member_text(out, "region", q.region);
	json_member_text(out, "period", lines.period);
	json_name(out, "items");
	buf_str(out, "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		write_line(out, &lines.items[i]);
	}
	if (n < lines.n && n > 0)
		return write_cursor(c, &lines.items[n - 1].rank);
	page_end(c, "cursor", NULL);
	return ERR_OK;
}
