/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/golden_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"

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

static bool read_site(json_t *doc, struct report *out)
{
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		const int i = find_field(site_fields, SITE_FIELD_COUNT, key);

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
	if (str_equal(key, "dense_centre"))
		return read_flag(v, key, &s->dense_centre);
	if (str_equal(key, "closed"))
		return read_flag(v, key, &s->closed);
	out->reported = true;
	if (str_equal(key, "stages"))
		return read_stages(v, &out->report);
	if (str_equal(key, "site"))
		return read_site(v, &out->report);
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

/* A number of the standard in whole units of 1/scale. */
static int64_t scaled(const json_t *v, int scale)
{
	return (int64_t)llround(json_number_value(v) * scale);
}

static void read_stage_rules(const json_t *doc, int stage, struct standard *out)
{
	const json_t *thresholds =
		json_object_get(json_object_get(doc, "thresholds"), stage_names[stage]);

	for (int i = 0; i < INDICATORS; i++)
		out->threshold[stage][i] =
			scaled(json_object_get(thresholds, indicators[i].code), STANDARD_SCALE);
	out->cv_limit[stage] =
		scaled(json_object_get(json_object_get(doc, "cv_limit"), stage_names[stage]),
		       STANDARD_SCALE);
}

static void read_weights(json_t *doc, struct standard *out)
{
	const char *kind;
	json_t *row;

	json_object_foreach(doc, kind, row)
	{
		struct weight_row *to = &out->weights[out->weight_rows++];

		str_copy(to->kind, sizeof(to->kind), kind);
		for (int s = 0; s < STAGE_COUNT; s++)
			to->weight[s] =
				(int)scaled(json_object_get(row, stage_names[s]), WEIGHT_ONE);
	}
}

static bool known_members(json_t *doc, const json_t *base)
{
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		if (!json_object_get(base, key))
			return fail("unknown member of a standard", key);
	}
	return true;
}

static bool read_standard(json_t *overrides, const json_t *base, struct standard *out)
{
	json_t *doc;
	const json_t *reliefs;

	if (!known_members(overrides, base))
		return false;
	doc = json_deep_copy(base);
	if (overrides && json_object_update_recursive(doc, overrides))
		return fail("no standard", "update");
	memset(out, 0, sizeof(*out));
	str_copy(out->id, sizeof(out->id), json_string_value(json_object_get(doc, "id")));
	for (int s = 0; s < JUDGED_STAGES; s++)
		read_stage_rules(doc, s, out);
	read_weights(json_object_get(doc, "weights"), out);
	out->indicators_needed = (int)scaled(json_object_get(doc, "indicators_needed"), 1);
	out->floor_percent = (int)scaled(json_object_get(doc, "floor_percent"), 1);
	out->teaching_point_students =
		(int)scaled(json_object_get(doc, "teaching_point_students"), 1);
	out->judge_rounded = str_equal(json_string_value(json_object_get(doc, "judge")), "rounded");
	reliefs = json_object_get(doc, "reliefs");
	out->relief_visiting_pe_art = json_is_true(json_object_get(reliefs, "visiting_pe_art"));
	out->relief_extra_sports_area = json_is_true(json_object_get(reliefs, "extra_sports_area"));
	json_decref(doc);
	return true;
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

	if (!json_is_array(list))
		return fail("no list", "schools");
	if (!read_standard(json_object_get(doc, "standard"), base, ret_standard))
		return false;
	c.facts.n = json_array_size(list);
	c.cap = JUDGED_STAGES * c.facts.n;
	c.facts.schools = calloc(c.facts.n + 1, sizeof(*c.facts.schools));
	c.records = calloc(c.cap + 1, sizeof(*c.records));
	if (!c.facts.schools || !c.records || !read_schools(list, &c)) {
		golden_free(&c);
		return false;
	}
	*out = c;
	return true;
}

void golden_free(struct golden_county *c)
{
	free(c->facts.schools);
	free(c->records);
}
