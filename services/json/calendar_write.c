/* SPDX-License-Identifier: Apache-2.0 */
/* A year's calendar as it holds: the country's document, and a province's over it. */
#include <stdlib.h>

#include "json/calendar_json.h"
#include "json/trees.h"
#include "json/write.h"

/* What is told of a day; texts are borrowed. */
struct laid {
	enum calendar_mark mark;
	const char *name; /* of a holiday */
	const char *region;
};

struct whole {
	struct laid days[366];
	struct calendar_year terms; /* those that hold, */
	const char *region;         /* and whose they are */
};

/* Only what was read without a mistake comes here. */
static int day_at(const json_t *value)
{
	int day = DAY_FIRST;

	return value && day_parse(json_string_value(value), &day) ? day : DAY_FIRST;
}

static void lay(struct whole *w, const json_t *root, const struct calendar_year *says,
		const char *region)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(root, "worked"), i, one)
	{
		w->days[day_of_year(day_at(one))] = (struct laid){ CALENDAR_WORKED, NULL, region };
	}
	json_array_foreach(json_object_get(root, "holidays"), i, one)
	{
		const char *name = json_string_value(json_object_get(one, "name"));
		const json_t *to = json_object_get(one, "to");
		const int from = day_at(json_object_get(one, "from"));

		for (int day = from; day <= (to ? day_at(to) : from); day++)
			w->days[day_of_year(day)] = (struct laid){ CALENDAR_HOLIDAY, name, region };
	}
	if (says->has_terms) {
		w->terms = *says;
		w->region = region;
	}
}

static void write_days(const struct whole *w, int year, struct buf *out)
{
	bool any = false;

	json_name(out, "days");
	buf_str(out, "[");
	for (size_t i = 0; i < ARRAY_LEN(w->days); i++) {
		const struct laid *d = &w->days[i];
		char text[DAY_TEXT];

		if (d->mark == CALENDAR_PLAIN)
			continue;
		buf_str(out, any ? ",{" : "{");
		any = true;
		json_member_text(out, "date", day_format(day_of(year, 1, 1 + (int)i), text));
		json_member_bool(out, "working", d->mark == CALENDAR_WORKED);
		if (d->name)
			json_member_text(out, "name", d->name);
		json_member_text(out, "region", d->region);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static void write_terms(const struct whole *w, struct buf *out)
{
	json_name(out, "terms");
	if (!w->region) {
		buf_str(out, "null");
		return;
	}
	buf_str(out, "{");
	json_member_text(out, "region", w->region);
	json_member_bool(out, "default", w->terms.default_terms);
	for (int i = 0; i < CALENDAR_TERMS; i++) {
		char text[DAY_TEXT];

		json_name(out, calendar_term_name(i));
		buf_str(out, "{");
		json_member_text(out, "begin", day_format(w->terms.terms[i].begin, text));
		json_member_text(out, "end", day_format(w->terms.terms[i].end, text));
		buf_str(out, "}");
	}
	buf_str(out, "}");
}

enum err json_write_calendar(const char *country, const char *province, const char *region,
			     int year, struct buf *out, struct err_info *info)
{
	const char *const documents[] = { country, province };
	const char *const regions[] = { "", region };
	auto_free struct whole *w = calloc(1, sizeof(*w));
	/* What is laid borrows from them. */
	auto_json json_t *below = NULL;
	auto_json json_t *above = NULL;
	json_t **const roots[] = { &below, &above };

	if (!w)
		return ERR_NOMEM;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		struct calendar_year says = { .known = false };
		enum err e;

		if (!documents[i])
			continue;
		e = calendar_from_text(documents[i], year, roots[i], &says, info);
		if (e != ERR_OK)
			return e;
		lay(w, *roots[i], &says, regions[i]);
	}
	write_days(w, year, out);
	write_terms(w, out);
	return ERR_OK;
}
