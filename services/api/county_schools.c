/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a county: school × stage, judged as they are read, so that they are never
 * behind what was accepted; also from what was known at an instant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/page.h"
#include "api/record_view.h"
#include "base/str.h"
#include "store/history.h"
#include "json/write.h"

/* A page of records starts behind this one: they are ordered by stage, then school. */
struct position {
	int stage; /* -1: from the start */
	char school[SCHOOL_CODE];
};

/* "<stage>:<school>" */
static enum err read_position(struct call *c, struct position *out)
{
	char key[CURSOR_KEY];
	enum err e = page_cursor(c, key);

	if (e != ERR_OK)
		return e;
	*out = (struct position){ .stage = -1 };
	if (!key[0])
		return ERR_OK;
	if (key[0] < '0' || key[0] >= '0' + JUDGED_STAGES || key[1] != ':' ||
	    !str_is_digits(key + 2, SCHOOL_CODE - 1))
		return page_bad_cursor(c);
	out->stage = key[0] - '0';
	str_copy(out->school, sizeof(out->school), key + 2);
	return ERR_OK;
}

static bool is_behind(const struct position *p, const struct record *r, const char *school)
{
	if ((int)r->stage != p->stage)
		return (int)r->stage > p->stage;
	return strcmp(school, p->school) > 0;
}

static void write_record(struct buf *out, const struct record *r, const struct school *s)
{
	buf_str(out, "{");
	record_view_head(out, r, s);
	json_name(out, "values");
	buf_str(out, "{");
	for (int i = 0; i < INDICATORS; i++) {
		json_name(out, indicators[i].code);
		buf_str(out, "{");
		record_view_value(out, &r->values[i], i);
		buf_str(out, "}");
	}
	buf_str(out, "}");
	json_member_int(out, "met_count", r->met_count);
	json_member_text(out, "status", status_names[r->status]);
	buf_str(out, "}");
}

/* One page of the records behind a position. */
static void write_page(struct call *c, const struct county_facts *facts,
		       const struct record *records, size_t n, const struct position *from,
		       int limit)
{
	struct buf *out = &c->rp->body;
	char key[CURSOR_KEY], cursor[CURSOR_BYTES];
	int written = 0;

	json_name(out, "items");
	buf_str(out, "[");
	for (size_t i = 0; i < n; i++) {
		const struct school *s = &facts->schools[records[i].school].school;

		if (!is_behind(from, &records[i], s->code))
			continue;
		if (written == limit) {
			cursor_write(key, cursor);
			page_end(c, "cursor", cursor);
			return;
		}
		if (written++)
			buf_str(out, ",");
		write_record(out, &records[i], s);
		if (snprintf(key, sizeof(key), "%d:%s", (int)records[i].stage, s->code) < 0)
			key[0] = '\0';
	}
	page_end(c, "cursor", NULL);
}

static void write_head(struct buf *out, const struct county_facts *facts,
		       const struct standard *standard)
{
	buf_str(out, "{");
	json_member_text(out, "county", facts->county);
	json_member_text(out, "period", facts->period);
	json_member_text(out, "standard", standard->id);
	json_member_int(out, "standard_version", standard->version);
	json_member_int(out, "version", facts->version);
}

static enum err judge_page(struct call *c, const struct county_facts *facts,
			   const struct standard *standard, const struct position *from, int limit)
{
	const size_t cap = JUDGED_STAGES * facts->n + 1;
	auto_free struct record *records = calloc(cap, sizeof(*records));
	auto_free struct county_judgement *judgement = calloc(1, sizeof(*judgement));
	size_t n = 0;
	enum err e;

	if (!records || !judgement)
		return ERR_NOMEM;
	e = county_judge(facts, standard, records, cap, &n, judgement);
	if (e != ERR_OK)
		return e == ERR_TOO_BIG ? ERR_DB : e;
	write_head(&c->rp->body, facts, standard);
	write_page(c, facts, records, n, from, limit);
	return ERR_OK;
}

static enum err find_period(struct call *c, int64_t as_of_us, char out[PERIOD_CODE])
{
	const char *county = call_path(c, "code");
	const char *period;
	enum err e = call_period(c, &period);

	if (e != ERR_OK)
		return e;
	if (period[0]) {
		str_copy(out, PERIOD_CODE, period);
		return ERR_OK;
	}
	if (as_of_us == AS_OF_NOW)
		return store_latest_period(c->api->store, county, out, &c->info);
	return store_latest_period_as_of(c->api->store, county, as_of_us, out, &c->info);
}

static enum err find_facts(struct call *c, const char *period, int64_t as_of_us,
			   struct county_facts *out, const struct standard **ret_standard)
{
	const char *county = call_path(c, "code");

	if (as_of_us == AS_OF_NOW)
		return store_facts_get(c->api->store, county, period, NULL, out, ret_standard,
				       &c->info);
	return store_facts_as_of(c->api->store, county, period, as_of_us, out, ret_standard,
				 &c->info);
}

enum err county_schools(struct call *c)
{
	auto_facts struct county_facts facts = { .schools = NULL };
	auto_standard const struct standard *standard = NULL;
	struct position from;
	char period[PERIOD_CODE];
	int64_t as_of_us = AS_OF_NOW;
	int limit = 0;
	enum err e = call_as_of(c, &as_of_us);

	if (e == ERR_OK)
		e = page_limit(c, &limit);
	if (e == ERR_OK)
		e = read_position(c, &from);
	if (e == ERR_OK)
		e = find_period(c, as_of_us, period);
	if (e == ERR_OK)
		e = find_facts(c, period, as_of_us, &facts, &standard);
	return e == ERR_OK ? judge_page(c, &facts, standard, &from, limit) : e;
}
