/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars: one strict reader, for what comes in and for what is stored. */
#include "json/calendar_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/trees.h"

#define TEXT_SIZE(chars) ((chars)*4 + 1)

/* A document on its way. */
struct reading {
	struct reader *r;
	int year;
	struct calendar_year *says;
};

/* --- days ----------------------------------------------------------------------------------- */

static bool read_day(struct reading *g, const json_t *value, int *out)
{
	const char *text = json_string_value(value);

	if (!reader_is_string(g->r, value))
		return false;
	if (day_parse(text, out))
		return true;
	reader_problem(g->r, "bad_format",
		       "须为 2000 至 2099 年的日期,如 2026-02-17 / must be a date of 2000 to 2099, "
		       "as 2026-02-17");
	return false;
}

/* From first to last. */
static bool read_day_within(struct reading *g, const json_t *value, int first, int last, int *out)
{
	char from[DAY_TEXT], to[DAY_TEXT];
	int day = 0;

	if (!read_day(g, value, &day))
		return false;
	if (day < first || day > last) {
		day_format(first, from);
		day_format(last, to);
		reader_problem(g->r, "outside_year", "须在 %s 至 %s 之间 / must be %s to %s", from,
			       to, from, to);
		return false;
	}
	*out = day;
	return true;
}

static bool read_day_of_year(struct reading *g, const json_t *value, int *out)
{
	return read_day_within(g, value, day_of(g->year, 1, 1), day_of(g->year, 12, 31), out);
}

/* Of a member, which may be missing: then it is left as it was. */
typedef bool day_reader(struct reading *g, const json_t *value, int *out);

static bool read_day_member(struct reading *g, const json_t *object, const char *name,
			    day_reader *read, int *out)
{
	const json_t *value = json_object_get(object, name);
	const size_t mark = reader_enter(g->r, name);
	const bool done = value && read(g, value, out);

	reader_leave(g->r, mark);
	return done;
}

static void refuse_backwards(struct reading *g, const char *name)
{
	const size_t mark = reader_enter(g->r, name);

	reader_problem(g->r, "backwards", "早于开始日期 / is before the first day");
	reader_leave(g->r, mark);
}

static void mark_days(struct reading *g, int from, int to, enum calendar_mark as)
{
	char text[DAY_TEXT];

	for (int day = from; day <= to; day++) {
		unsigned char *mark = &g->says->marks[day_of_year(day)];

		if (*mark != CALENDAR_PLAIN) {
			day_format(day, text);
			reader_problem(g->r, "duplicate_key",
				       "%s 已有安排 / there is an entry for %s already", text,
				       text);
			return;
		}
		*mark = (unsigned char)as;
	}
}

static void need(struct reader *r, const json_t *object, const char *name)
{
	if (!json_object_get(object, name))
		reader_missing(r, name);
}

/* A text that has to be there. */
static void read_text(struct reader *r, const json_t *object, const char *name, size_t chars)
{
	char text[TEXT_SIZE(CALENDAR_SOURCE_CHARS)];
	const json_t *value = json_object_get(object, name);
	const size_t mark = reader_enter(r, name);

	if (value)
		(void)reader_text(r, value, chars, text, sizeof(text));
	reader_leave(r, mark);
	need(r, object, name);
}

/* --- holidays and swapped days -------------------------------------------------------------- */

static void read_holiday(struct reading *g, json_t *value)
{
	static const char *const members[] = { "name", "from", "to" };
	int from = 0, to = 0;
	bool from_read, to_read;

	if (!reader_is_object(g->r, value))
		return;
	reader_members(g->r, value, members, ARRAY_LEN(members));
	read_text(g->r, value, "name", CALENDAR_NAME_CHARS);
	from_read = read_day_member(g, value, "from", read_day_of_year, &from);
	need(g->r, value, "from");
	to_read = read_day_member(g, value, "to", read_day_of_year, &to);
	if (!json_object_get(value, "to")) {
		to = from;
		to_read = from_read;
	}
	if (!from_read || !to_read)
		return;
	if (to < from)
		refuse_backwards(g, "to");
	else
		mark_days(g, from, to, CALENDAR_HOLIDAY);
}

static void read_worked(struct reading *g, json_t *value)
{
	int day = 0;

	if (!read_day_of_year(g, value, &day))
		return;
	if (day_is_weekend(day))
		mark_days(g, day, day, CALENDAR_WORKED);
	else
		reader_problem(g->r, "not_weekend",
			       "调休上班日须为星期六或星期日 / a swapped working day is a "
			       "Saturday or a Sunday");
}

static void read_list(struct reading *g, const json_t *root, const char *name, size_t max,
		      void (*read)(struct reading *g, json_t *value))
{
	const size_t list = reader_enter(g->r, name);
	json_t *value = json_object_get(root, name), *one;
	size_t i;

	if (value && reader_is_array(g->r, value) && json_array_size(value) > max) {
		reader_problem(g->r, "too_many", "最多 %zu 个 / at most %zu", max, max);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, one)
		{
			const size_t mark = reader_enter_index(g->r, i);

			read(g, one);
			reader_leave(g->r, mark);
		}
	}
	reader_leave(g->r, list);
}

/* --- terms ---------------------------------------------------------------------------------- */

static bool read_term_day(struct reading *g, const json_t *value, int *out)
{
	return read_day_within(g, value, calendar_school_year_begin(g->year),
			       calendar_school_year_end(g->year), out);
}

/* False when it is not there, or wrong. */
static bool read_term(struct reading *g, const json_t *terms, int nth)
{
	static const char *const members[] = { "begin", "end" };
	struct calendar_term *term = &g->says->terms[nth];
	json_t *value = json_object_get(terms, calendar_term_name(nth));
	const size_t mark = reader_enter(g->r, calendar_term_name(nth));
	const size_t found = g->r->found;

	if (value && reader_is_object(g->r, value)) {
		const bool begins = read_day_member(g, value, "begin", read_term_day, &term->begin);
		const bool ends = read_day_member(g, value, "end", read_term_day, &term->end);

		reader_members(g->r, value, members, ARRAY_LEN(members));
		need(g->r, value, "begin");
		need(g->r, value, "end");
		if (begins && ends && term->end < term->begin)
			refuse_backwards(g, "end");
	}
	reader_leave(g->r, mark);
	need(g->r, terms, calendar_term_name(nth));
	return value && g->r->found == found;
}

static void check_order(struct reading *g)
{
	const size_t mark = reader_enter(g->r, calendar_term_name(1));
	const size_t begin = reader_enter(g->r, "begin");

	if (g->says->terms[1].begin <= g->says->terms[0].end)
		reader_problem(g->r, "overlaps",
			       "须在第一学期结束之后 / must be after the end of the first term");
	reader_leave(g->r, begin);
	reader_leave(g->r, mark);
}

static void read_terms(struct reading *g, json_t *value)
{
	static const char *const members[] = { "first", "second", "default" };
	const json_t *is_default = json_object_get(value, "default");
	size_t mark;
	bool first;

	if (!reader_is_object(g->r, value))
		return;
	reader_members(g->r, value, members, ARRAY_LEN(members));
	first = read_term(g, value, 0);
	if (read_term(g, value, 1) && first)
		check_order(g);
	mark = reader_enter(g->r, "default");
	if (is_default)
		(void)reader_bool(g->r, is_default, &g->says->default_terms);
	reader_leave(g->r, mark);
	g->says->has_terms = true;
}

/* --- the document --------------------------------------------------------------------------- */

static void read_region(struct reader *r, const json_t *value, char out[COUNTY_CODE])
{
	const size_t mark = reader_enter(r, "region");
	const char *s = json_string_value(value);

	if (s && (!s[0] || str_is_digits(s, 2)))
		str_copy(out, COUNTY_CODE, s);
	else
		reader_problem(r, s ? "bad_format" : "wrong_type",
			       "须为省代码(2 位),全国为空 / must be the code of a province (2 "
			       "digits), empty for the country");
	reader_leave(r, mark);
}

/* Without its region. */
static void read_document(struct reading *g, json_t *root)
{
	static const char *const members[] = { "region", "source", "holidays", "worked", "terms" };
	json_t *terms = json_object_get(root, "terms");
	const size_t mark = g->r->at.len;

	reader_members(g->r, root, members, ARRAY_LEN(members));
	read_text(g->r, root, "source", CALENDAR_SOURCE_CHARS);
	read_list(g, root, "holidays", CALENDAR_HOLIDAYS_MAX, read_holiday);
	read_list(g, root, "worked", CALENDAR_WORKED_MAX, read_worked);
	if (terms) {
		(void)reader_enter(g->r, "terms");
		read_terms(g, terms);
		reader_leave(g->r, mark);
	}
}

/* The country's: who knows a year knows its holidays. */
static void need_holidays(struct reader *r, const json_t *root)
{
	const json_t *holidays = json_object_get(root, "holidays");
	const size_t mark = reader_enter(r, "holidays");

	if (json_is_array(holidays) && !json_array_size(holidays))
		reader_problem(r, "empty", "不能为空 / must not be empty");
	reader_leave(r, mark);
	need(r, root, "holidays");
}

static enum err write_text(json_t *root, struct buf *out)
{
	auto_free char *text = NULL;

	(void)json_object_del(root, "region");
	text = json_dumps(root, JSON_COMPACT);
	if (!text)
		return ERR_NOMEM;
	buf_str(out, text);
	return buf_failed(out) ? out->err : ERR_OK;
}

enum err json_read_calendar(const char *body, size_t len, int year, const char *default_region,
			    char ret_region[COUNTY_CODE], struct buf *ret_text,
			    struct problems *problems, struct err_info *info)
{
	struct calendar_year says = { .known = false };
	char region[COUNTY_CODE];
	auto_json json_t *root = NULL;
	struct reader r;
	struct reading g = { &r, year, &says };
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	if (!root)
		return e;
	str_copy(region, sizeof(region), default_region);
	if (json_object_get(root, "region"))
		read_region(&r, json_object_get(root, "region"), region);
	read_document(&g, root);
	if (!region[0])
		need_holidays(&r, root);
	e = reader_result(&r);
	if (e == ERR_OK)
		e = write_text(root, ret_text);
	if (e == ERR_OK)
		str_copy(ret_region, COUNTY_CODE, region);
	return e;
}

/* --- what is stored ------------------------------------------------------------------------- */

enum err calendar_from_text(const char *document, int year, json_t **ret_root,
			    struct calendar_year *out, struct err_info *info)
{
	auto_free struct problems *problems = calloc(1, sizeof(*problems));
	auto_json json_t *root = NULL;
	struct reader r;
	struct reading g = { &r, year, out };
	enum err e;

	if (!problems)
		return ERR_NOMEM;
	reader_init(&r, problems);
	e = reader_load(&r, document, strlen(document), &root, info);
	if (e == ERR_OK) {
		read_document(&g, root);
		e = reader_result(&r);
	}
	if (e != ERR_OK)
		return err_set(info, ERR_DB, "the stored calendar of %d is none: %s", year,
			       problems->items[0].pointer);
	*ret_root = STEAL(root);
	return ERR_OK;
}

enum err json_lay_calendar(const char *document, int year, bool known, struct calendar_year *io,
			   struct err_info *info)
{
	struct calendar_year says = { .known = false };
	auto_json json_t *root = NULL;
	const enum err e = calendar_from_text(document, year, &root, &says, info);

	if (e != ERR_OK)
		return e;
	io->known |= known;
	for (size_t i = 0; i < ARRAY_LEN(says.marks); i++) {
		if (says.marks[i] != CALENDAR_PLAIN)
			io->marks[i] = says.marks[i];
	}
	if (says.has_terms) {
		io->has_terms = true;
		io->default_terms = says.default_terms;
		memcpy(io->terms, says.terms, sizeof(io->terms));
	}
	return ERR_OK;
}
