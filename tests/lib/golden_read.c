/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/golden_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "json/documents.h"
#include "json/merge_patch.h"

static bool fail(const char *what, const char *where)
{
	fprintf(stderr, "golden: %s: %s\n", what, where);
	return false;
}

static bool read_count(const json_t *v, const char *key, int64_t *out)
{
	if (!json_is_integer(v))
		return fail("not an integer", key);
	*out = json_integer_value(v);
	return true;
}

static bool read_amount(const json_t *v, const char *key, int64_t *out)
{
	if (!json_is_number(v) || decimal_from_double(json_number_value(v), out) != DECIMAL_OK)
		return fail("not a decimal", key);
	return true;
}

static bool read_text(const json_t *v, const char *key, char *out, size_t size)
{
	if (!json_is_string(v) || json_string_length(v) >= size)
		return fail("not a short string", key);
	str_copy(out, size, json_string_value(v));
	return true;
}

static int find_field(const struct field *fields, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (str_equal(fields[i].name, name))
			return i;
	}
	return -1;
}

static bool read_stage(json_t *doc, struct stage_report *out)
{
	const char *key;
	json_t *v;

	out->present = true;
	json_object_foreach(doc, key, v)
	{
		const int i = find_field(stage_fields, STAGE_FIELD_COUNT, key);

		if (i < 0)
			return fail("unknown stage figure", key);
		if (!read_count(v, key, &out->figure[i]))
			return false;
	}
	return true;
}

static bool read_stages(json_t *doc, struct report *out)
{
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		int s = 0;

		while (s < STAGE_COUNT && !str_equal(stage_names[s], key))
			s++;
		if (s == STAGE_COUNT)
			return fail("unknown stage", key);
		if (!read_stage(v, &out->stages[s]))
			return false;
	}
	return true;
}

static bool read_rooms(const json_t *list, const char *key, struct rooms *out)
{
	if (!json_is_array(list) || json_array_size(list) > ROOMS_MAX)
		return fail("not a list of rooms", key);
	for (out->n = 0; out->n < (int)json_array_size(list); out->n++) {
		if (!read_amount(json_array_get(list, (size_t)out->n), key, &out->area[out->n]))
			return false;
	}
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct declared_figure *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool read_declared(json_t *doc, struct report *out)
{
	const char *key;
	json_t *v;

	if (json_object_size(doc) > DECLARED_MAX)
		return fail("too many", "declared");
	json_object_foreach(doc, key, v)
	{
		struct declared_figure *d = &out->declared[out->declared_n++];

		str_copy(d->name, sizeof(d->name), key);
		if (!read_amount(v, key, &d->value))
			return false;
	}
	qsort(out->declared, (size_t)out->declared_n, sizeof(*out->declared), by_name);
	return true;
}

static bool read_site(json_t *doc, struct report *out)
{
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		const int i = find_field(site_fields, SITE_FIELD_COUNT, key);
		const int list = find_field(room_lists, ROOM_LIST_COUNT, key);

		if (list >= 0) {
			if (!read_rooms(v, key, &out->rooms[list]))
				return false;
			continue;
		}
		if (i < 0)
			return fail("unknown site figure", key);
		if (!(site_fields[i].unit == UNIT_COUNT ? read_count(v, key, &out->site[i])
							: read_amount(v, key, &out->site[i])))
			return false;
	}
	return true;
}

static bool read_flag(const json_t *v, const char *key, bool *out)
{
	if (!json_is_boolean(v))
		return fail("not a boolean", key);
	*out = json_is_true(v);
	return true;
}

static bool read_number(const json_t *v, const char *key, int *out)
{
	int64_t value = 0;

	if (!read_count(v, key, &value))
		return false;
	*out = (int)value;
	return true;
}

static bool read_member(const char *key, json_t *v, struct school_facts *out)
{
	struct school *s = &out->school;

	if (str_equal(key, "code"))
		return read_text(v, key, s->code, sizeof(s->code));
	if (str_equal(key, "name"))
		return read_text(v, key, s->name, sizeof(s->name));
	if (str_equal(key, "parent"))
		return read_text(v, key, s->parent, sizeof(s->parent));
	if (str_equal(key, "kind"))
		return read_text(v, key, s->kind, sizeof(s->kind));
	if (str_equal(key, "locale"))
		return read_text(v, key, s->locale, sizeof(s->locale));
	if (str_equal(key, "sponsor"))
		return read_number(v, key, &s->sponsor);
	if (str_equal(key, "founded"))
		return read_number(v, key, &s->founded);
	if (str_equal(key, "boarding"))
		return read_flag(v, key, &s->boarding);
	if (str_equal(key, "dense_centre"))
		return read_flag(v, key, &s->dense_centre);
	if (str_equal(key, "closed"))
		return read_flag(v, key, &s->closed);
	out->reported = true;
	if (str_equal(key, "stages"))
		return read_stages(v, &out->report);
	if (str_equal(key, "site"))
		return read_site(v, &out->report);
	if (str_equal(key, "declared"))
		return read_declared(v, &out->report);
	return fail("unknown member of a school", key);
}

static bool read_school(json_t *doc, struct school_facts *out)
{
	const char *key;
	json_t *v;

	memset(out, 0, sizeof(*out));
	report_init(&out->report);
	str_copy(out->school.county, sizeof(out->school.county), "990101");
	str_copy(out->school.locale, sizeof(out->school.locale), "111");
	out->school.sponsor = 3;
	json_object_foreach(doc, key, v)
	{
		if (!read_member(key, v, out))
			return false;
	}
	if (!str_is_digits(out->school.code, SCHOOL_CODE - 1))
		return fail("not a school code", out->school.code);
	if (!kind_find(out->school.kind))
		return fail("not a kind", out->school.kind);
	return true;
}

static int by_code(const void *a, const void *b)
{
	const struct school_facts *x = a, *y = b;

	return strcmp(x->school.code, y->school.code);
}

/* The national standard with what the case overrides (RFC 7396). Items are judged where a case
 * is about them: the other cases are about section 4. */
static bool read_standard(const json_t *doc, const json_t *base, struct standard *out)
{
	json_t *whole = json_deep_copy(base), *patch = json_object_get(doc, "standard");
	json_t *patched = NULL;
	struct err_info info = { .text = "" };
	enum err e = patch ? merge_patch(whole, patch, &patched) : ERR_OK;
	char *text = e ? NULL : json_dumps(patched ? patched : whole, JSON_COMPACT);

	json_decref(patched);
	json_decref(whole);
	if (!text)
		return fail("not merged", "standard");
	e = json_parse_standard(text, strlen(text), out, &info);
	free(text);
	if (e)
		return fail("no standard", info.text);
	str_copy(out->id, sizeof(out->id), "national-2017");
	if (!json_object_get(doc, "county") && !json_object_get(doc, "previous") &&
	    !json_object_get(json_object_get(doc, "expect"), "items"))
		out->items_n = 0;
	return true;
}

/* The items that a county reports, or NULL: read as a stored report is. */
static bool read_county(json_t *items, const struct standard *standard, struct county_report **ret)
{
	json_t *doc = items ? json_pack("{s:O}", "items", items) : NULL;
	char *text = doc ? json_dumps(doc, JSON_COMPACT) : NULL;
	struct err_info info = { .text = "" };
	enum err e = ERR_OK;

	json_decref(doc);
	if (items) {
		*ret = calloc(1, sizeof(**ret));
		e = *ret && text
			    ? json_parse_county_report(text, strlen(text), standard, *ret, &info)
			    : ERR_NOMEM;
	}
	free(text);
	return e ? fail("no county report", info.text) : true;
}

static bool read_schools(const json_t *list, struct golden_county *out)
{
	for (size_t i = 0; i < out->facts.n; i++) {
		if (!read_school(json_array_get(list, i), &out->facts.schools[i]))
			return false;
	}
	qsort(out->facts.schools, out->facts.n, sizeof(*out->facts.schools), by_code);
	for (size_t i = 1; i < out->facts.n; i++) {
		if (by_code(&out->facts.schools[i - 1], &out->facts.schools[i]) == 0)
			return fail("the same school twice", out->facts.schools[i].school.code);
	}
	return true;
}

bool golden_read(const json_t *doc, const json_t *base, struct standard *ret_standard,
		 struct golden_county *out)
{
	const json_t *list = json_object_get(doc, "schools");
	struct golden_county c = { .facts = { .county = "990101", .period = "2025" } };

	if (list && !json_is_array(list))
		return fail("no list", "schools");
	if (!read_standard(doc, base, ret_standard))
		return false;
	c.facts.n = json_array_size(list);
	c.cap = JUDGED_STAGES * c.facts.n;
	c.facts.schools = calloc(c.facts.n + 1, sizeof(*c.facts.schools));
	c.records = calloc(c.cap + 1, sizeof(*c.records));
	if (!c.facts.schools || !c.records || !read_schools(list, &c) ||
	    !read_county(json_object_get(doc, "county"), ret_standard, &c.facts.report) ||
	    !read_county(json_object_get(doc, "previous"), ret_standard, &c.facts.previous)) {
		golden_free(&c);
		return false;
	}
	*out = c;
	return true;
}

void golden_free(struct golden_county *c)
{
	free(c->facts.schools);
	free(c->facts.report);
	free(c->facts.previous);
	free(c->records);
}
