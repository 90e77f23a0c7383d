/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars: which days are worked, and when terms begin and end. Whoever has a key may read them,
 * of any region: they are no secret, and a county's key reads its province's. */
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/calendars.h"
#include "api/handlers.h"
#include "base/str.h"
#include "store/calendars.h"
#include "json/calendar_json.h"
#include "json/write.h"

#define PROVINCE 3 /* bytes of its code, with its end */

/* What a request is about. */
struct asked {
	int year;
	char province[PROVINCE]; /* "" the country */
};

static enum err read_year(struct call *c, int *ret_year)
{
	const char *text = call_path(c, "year");
	int64_t year = 0;

	if (!str_is_digits(text, PERIOD_CODE - 1) || !str_to_int64(text, &year) ||
	    year < DAY_FIRST_YEAR || year > DAY_LAST_YEAR)
		return err_set(&c->info, ERR_PARAMETER,
			       "路径中年份须为 2000 到 2099 / in the path, a year is 2000 to 2099");
	*ret_year = (int)year;
	return ERR_OK;
}

/* The province of a region, or of a school: two digits of its code say what kind it is of, the next
 * two the province. */
static void province_of(const char *code, char out[PROVINCE])
{
	str_copy(out, PROVINCE, strlen(code) == SCHOOL_CODE - 1 ? code + 2 : code);
}

/* ?region=, which is the country's when it is empty; the key's own when it is not there. */
static const char *query_region(const struct call *c)
{
	return query_has(&c->query, "region") ? query_get(&c->query, "region")
					      : access_prefix(&c->key);
}

static enum err read_asked(struct call *c, struct asked *out)
{
	const char *region = query_region(c);
	const size_t len = strlen(region);

	if (len && !(str_is_digits(region, len) && (len == 2 || len == 4 || len == 6)) &&
	    region != access_prefix(&c->key))
		return err_set(&c->info, ERR_PARAMETER,
			       "region 须为 2、4 或 6 位数字,全国为空 / region must be 2, 4 or 6 "
			       "digits, empty for the country");
	province_of(region, out->province);
	return read_year(c, &out->year);
}

/* --- what holds ----------------------------------------------------------------------------- */

enum err calendars_lay(struct call *c, const struct calendar_list *list, struct calendar *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct stored_calendar *s = &list->items[i];
		const enum err e =
			json_lay_calendar(s->document, s->year, !s->region[0],
					  &out->years[s->year - DAY_FIRST_YEAR], &c->info);

		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

static void write_documents(struct buf *out, const struct calendar_list *list)
{
	json_name(out, "documents");
	buf_str(out, "[");
	for (size_t i = 0; i < list->n; i++) {
		const struct stored_calendar *s = &list->items[i];

		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "region", s->region);
		json_member_int(out, "version", s->version);
		json_member_text(out, "changed_at", s->changed_at);
		json_name(out, "document");
		buf_str(out, s->document);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static const struct stored_calendar *of_region(const struct calendar_list *list, const char *region)
{
	for (size_t i = 0; i < list->n; i++) {
		if (str_equal(list->items[i].region, region))
			return &list->items[i];
	}
	return NULL;
}

static enum err write_view(struct call *c, const struct asked *asked,
			   const struct calendar_list *list, const struct calendar *calendar)
{
	const struct stored_calendar *country = of_region(list, "");
	const struct stored_calendar *own =
		asked->province[0] ? of_region(list, asked->province) : NULL;
	const int first = day_of(asked->year, 1, 1), last = day_of(asked->year, 12, 31);
	struct buf *out = &c->rp->body;
	enum err e;

	buf_str(out, "{");
	json_member_text(out, "year", call_path(c, "year"));
	json_member_text(out, "region", asked->province);
	json_member_bool(out, "known", calendar_knows(calendar, asked->year));
	json_member_int(out, "working_days",
			calendar_between(calendar, first, last, NULL) +
				calendar_is_working(calendar, first, NULL));
	e = json_write_calendar(country ? country->document : NULL, own ? own->document : NULL,
				asked->province, asked->year, out, &c->info);
	if (e != ERR_OK)
		return e;
	write_documents(out, list);
	buf_str(out, "}");
	/* If-Match is about the one document that the region may change; the body is of both. */
	own = of_region(list, asked->province);
	if (own)
		reply_etag_version_body(c->rp, own->version);
	return ERR_OK;
}

enum err calendar_get(struct call *c)
{
	auto_calendar_list struct calendar_list list = { .items = NULL };
	auto_free struct calendar *calendar = calloc(1, sizeof(*calendar));
	struct asked asked;
	enum err e = read_asked(c, &asked);

	if (!calendar)
		return ERR_NOMEM;
	if (e == ERR_OK)
		e = store_calendar_list(c->api->store, asked.year, asked.year, asked.province,
					&list, &c->info);
	if (e == ERR_OK && !list.n)
		e = err_set(&c->info, ERR_NOT_FOUND,
			    "没有 %d 年的日历 / there is no calendar of %d", asked.year,
			    asked.year);
	if (e == ERR_OK)
		e = calendars_lay(c, &list, calendar);
	return e == ERR_OK ? write_view(c, &asked, &list, calendar) : e;
}

/* --- counting ------------------------------------------------------------------------------- */

#define APART_MAX 1000 /* working days; */
#define YEARS_MAX 5    /* or years, between two dates */

struct count {
	struct asked asked;
	int from;
	int to; /* … where it is asked for, */
	int64_t days;
	bool by_days; /* … else this */
	bool provisional;
};

static enum err read_date(struct call *c, const char *name, int *out)
{
	if (day_parse(query_get(&c->query, name), out))
		return ERR_OK;
	return err_set(&c->info, ERR_PARAMETER,
		       "%s 须为 2000 至 2099 年的日期,如 2026-02-10 / %s must be a date of 2000 to "
		       "2099, as 2026-02-10",
		       name, name);
}

/* How far: either so many days, or to a date. */
static enum err read_distance(struct call *c, struct count *out)
{
	const char *days = query_get(&c->query, "days");
	enum err e;

	out->by_days = days[0] != '\0';
	if (out->by_days == (query_get(&c->query, "to")[0] != '\0'))
		return err_set(&c->info, ERR_PARAMETER,
			       "days 与 to 须给出其一 / one of days and to is needed");
	if (out->by_days) {
		if (str_to_int64(days, &out->days) && out->days >= -APART_MAX &&
		    out->days <= APART_MAX)
			return ERR_OK;
		return err_set(&c->info, ERR_PARAMETER,
			       "days 须为 %d 至 %d 的整数 / days must be a whole number from %d "
			       "to %d",
			       -APART_MAX, APART_MAX, -APART_MAX, APART_MAX);
	}
	e = read_date(c, "to", &out->to);
	if (e == ERR_OK && abs(day_year(out->to) - out->asked.year) > YEARS_MAX)
		e = err_set(&c->info, ERR_PARAMETER,
			    "两个日期至多相隔 %d 年 / the dates are at most %d years apart",
			    YEARS_MAX, YEARS_MAX);
	return e;
}

static enum err read_count(struct call *c, struct count *out)
{
	enum err e = read_asked(c, &out->asked);

	if (e == ERR_OK)
		e = read_date(c, "from", &out->from);
	if (e == ERR_OK && day_year(out->from) != out->asked.year)
		e = err_set(&c->info, ERR_PARAMETER,
			    "from 须在路径的年份中 / from must be of the year in the path");
	return e == ERR_OK ? read_distance(c, out) : e;
}

/* All years to the side that is counted to: nobody knows before how far that goes. */
static enum err read_calendars(struct call *c, const struct count *count, struct calendar *out)
{
	const bool back = count->by_days ? count->days < 0 : count->to < count->from;
	const int year = count->asked.year;
	auto_calendar_list struct calendar_list list = { .items = NULL };
	const enum err e = store_calendar_list(c->api->store, back ? DAY_FIRST_YEAR : year,
					       back ? year : DAY_LAST_YEAR, count->asked.province,
					       &list, &c->info);

	return e == ERR_OK ? calendars_lay(c, &list, out) : e;
}

static void write_count(struct call *c, const struct count *count, const struct calendar *calendar)
{
	struct buf *out = &c->rp->body;
	char text[DAY_TEXT];

	buf_str(out, "{");
	json_member_text(out, "region", count->asked.province);
	json_member_text(out, "from", day_format(count->from, text));
	json_member_text(out, "to", day_format(count->to, text));
	json_member_int(out, "days", count->days);
	json_member_bool(out, "from_working", calendar_is_working(calendar, count->from, NULL));
	json_member_bool(out, "to_working", calendar_is_working(calendar, count->to, NULL));
	json_member_bool(out, "provisional", count->provisional);
	buf_str(out, "}");
}

enum err working_days_get(struct call *c)
{
	auto_free struct calendar *calendar = calloc(1, sizeof(*calendar));
	struct count count = { .provisional = false };
	enum err e = read_count(c, &count);

	if (!calendar)
		return ERR_NOMEM;
	if (e == ERR_OK)
		e = read_calendars(c, &count, calendar);
	if (e != ERR_OK)
		return e;
	/* What is told of the two days themselves rests on their years as well. */
	(void)calendar_is_working(calendar, count.from, &count.provisional);
	if (!count.by_days)
		count.days = calendar_between(calendar, count.from, count.to, &count.provisional);
	else if (!calendar_add(calendar, count.from, (int)count.days, &count.to,
			       &count.provisional))
		return err_set(&c->info, ERR_PARAMETER,
			       "结果超出 2000 至 2099 年 / the answer is beyond 2000 to 2099");
	write_count(c, &count, calendar);
	return ERR_OK;
}

/* --- writing -------------------------------------------------------------------------------- */

/* document: NULL removes it. */
static enum err put(struct call *c, int year, const char *region, const char *document)
{
	const struct actor actor = call_actor(c);
	struct buf *out = &c->rp->body;
	struct write_result result;
	enum err e = access_region(&c->key, region, "", &c->info);

	if (e == ERR_OK && region[0] && strlen(region) != PROVINCE - 1)
		e = err_set(&c->info, ERR_FORBIDDEN,
			    "只有全国和省有日历 / only the country and provinces have calendars");
	if (e == ERR_OK)
		e = store_calendar_put(c->api->store, &actor, year, region, document, c->match,
				       &result, &c->info);
	if (e != ERR_OK)
		return e;
	c->rp->status = result.created ? 201 : 200;
	buf_str(out, "{");
	json_member_text(out, "year", call_path(c, "year"));
	json_member_text(out, "region", region);
	json_member_int(out, "version", result.version);
	if (document)
		json_member_bool(out, "changed", result.changed);
	buf_str(out, "}");
	call_written(c, &result);
	return ERR_OK;
}

enum err calendar_put(struct call *c)
{
	char region[COUNTY_CODE];
	auto_buf struct buf text;
	int year = 0;
	enum err e = read_year(c, &year);

	buf_init(&text, CALENDAR_BYTES);
	if (e == ERR_OK && c->rq->body_len > CALENDAR_BYTES)
		e = err_set(&c->info, ERR_TOO_BIG, "至多 %u 字节 / at most %u bytes",
			    CALENDAR_BYTES, CALENDAR_BYTES);
	if (e == ERR_OK)
		e = json_read_calendar(c->rq->body, c->rq->body_len, year, access_prefix(&c->key),
				       region, &text, &c->problems, &c->info);
	return e == ERR_OK ? put(c, year, region, text.data) : e;
}

enum err calendar_delete(struct call *c)
{
	int year = 0;
	enum err e = read_year(c, &year);

	if (e == ERR_OK)
		e = put(c, year, query_region(c), NULL);
	c->rp->etag[0] = '\0'; /* there is no such calendar any more */
	return e;
}
