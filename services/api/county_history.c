/* SPDX-License-Identifier: Apache-2.0 */
/* How a county's figure moved. */
#include <stdio.h>
#include <string.h>

#include "api/handlers.h"
#include "api/page.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/history.h"
#include "store/standards.h"
#include "json/write.h"

/* "<at>/<period>" of the last entry. */
static enum err read_cursor(struct call *c, char key[CURSOR_KEY], struct history_query *q)
{
	enum err e = page_cursor(c, key);
	char *slash;

	q->after_period = "";
	if (e != ERR_OK || !key[0])
		return e;
	slash = strchr(key, '/');
	if (slash)
		*slash = '\0';
	if (!slash || !time_parse(key, &q->after_us) || !str_is_digits(slash + 1, PERIOD_CODE - 1))
		return page_bad_cursor(c);
	q->after_period = slash + 1;
	return ERR_OK;
}

static enum err read_query(struct call *c, char key[CURSOR_KEY], struct history_query *q)
{
	enum err e = call_period(c, &q->period);

	if (e == ERR_OK)
		e = call_item(c, &q->item);
	if (e == ERR_OK)
		e = page_limit(c, &q->limit);
	return e == ERR_OK ? read_cursor(c, key, q) : e;
}

static void write_move(struct buf *out, const struct move *m)
{
	buf_str(out, "{");
	json_member_text(out, "period", m->period);
	json_member_text(out, "at", m->at);
	json_member_int(out, "version", m->version);
	json_member_double(out, "value", m->has_value ? &m->value : NULL);
	json_member_text(out, "status", status_names[m->status]);
	json_member_double(out, "limit", m->has_limit ? &m->limit : NULL);
	buf_str(out, "}");
}

/* A figure that never moved belongs to a county that is not computed yet, or to none, or is no
 * item of its standard. (One that its standard had once has its history.) */
static enum err check_nothing(struct call *c, const struct history_query *q)
{
	auto_standard const struct standard *standard = NULL;
	char latest[PERIOD_CODE];
	enum err e;

	if (q->after_period[0])
		return ERR_OK;
	e = store_latest_period(c->api->store, q->county, latest, &c->info);
	if (e != ERR_OK)
		return e;
	e = store_standard_for(c->api->store, q->county, q->period[0] ? q->period : latest,
			       &standard, &c->info);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	return call_item_known(c, &q->item, standard);
}

enum err county_history(struct call *c)
{
	auto_moves struct move_list list = { .items = NULL };
	struct history_query q = { .county = call_path(c, "code") };
	struct buf *out = &c->rp->body;
	char after[CURSOR_KEY], key[CURSOR_KEY];
	bool more;
	enum err e = read_query(c, after, &q);
	size_t n;

	if (e != ERR_OK)
		return e;
	/* One more than asked for tells whether there is a next page. */
	q.limit++;
	e = store_history_list(c->api->store, &q, &list, &c->info);
	if (e == ERR_OK && !list.n)
		e = check_nothing(c, &q);
	if (e != ERR_OK)
		return e;
	n = list.n < (size_t)q.limit ? list.n : (size_t)q.limit - 1;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		write_move(out, &list.items[i]);
	}
	more = n < list.n && n;
	if (more &&
	    snprintf(key, sizeof(key), "%s/%s", list.items[n - 1].at, list.items[n - 1].period) < 0)
		return ERR_DB;
	page_end_key(c, more ? key : NULL);
	return ERR_OK;
}
