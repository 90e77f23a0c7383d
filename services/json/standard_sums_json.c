/* SPDX-License-Identifier: Apache-2.0 */
/* References to figures in a standard's conditions, and whether what is added up belongs together.
 */
#include <string.h>

#include "base/str.h"
#include "json/standard_reader.h"

static void unknown_figure(struct reader *r, const char *what)
{
	char shown[FIELD_NAME + 1];

	str_copy(shown, sizeof(shown), what);
	reader_problem(r, "unknown_field", "没有此字段: %s / there is no such field", shown);
}

/* A field of an item; flags are not counted. */
static bool item_term(struct reader *r, const char *name, const struct standard *s, int item,
		      struct term *out)
{
	const int field = item < 0 ? -1
				   : declared_field_find(s->items[item].fields,
							 s->items[item].fields_n, name);

	if (field < 0 || s->items[item].fields[field].flag) {
		unknown_figure(r, name);
		return false;
	}
	*out = (struct term){ .source = SOURCE_ITEM, .item = item, .field = field };
	return true;
}

static bool school_term(struct reader *r, const char *name, const struct standard *s,
			struct term *out)
{
	for (int i = 0; i < STAGE_FIELD_COUNT; i++) {
		if (str_equal(stage_fields[i].name, name)) {
			*out = (struct term){ .source = SOURCE_STAGE, .field = i };
			return true;
		}
	}
	for (int i = 0; i < SITE_FIELD_COUNT; i++) {
		if (str_equal(site_fields[i].name, name)) {
			*out = (struct term){ .source = SOURCE_SITE, .field = i };
			return true;
		}
	}
	*out = (struct term){ .source = SOURCE_DECLARED,
			      .field = declared_field_find(s->fields, s->fields_n, name) };
	if (out->field < 0)
		unknown_figure(r, name);
	return out->field >= 0;
}

/* "G11.moved", "schools.students", or a bare name: of each school its own figure, of the county
 * a field of the item itself. */
static bool read_term(struct reader *r, const char *text, const struct standard *s, int item,
		      const struct condition *c, struct term *out)
{
	const bool minus = text[0] == '-';
	const char *name = text + minus;
	const char *dot = strchr(name, '.');
	char head[ITEM_NAME];
	bool found;

	if (dot && (size_t)(dot - name) < sizeof(head)) {
		memcpy(head, name, (size_t)(dot - name));
		head[dot - name] = '\0';
		if (str_equal(head, "schools") && !c->each_school && c->rule != RULE_GROWTH)
			found = school_term(r, dot + 1, s, out);
		else
			found = item_term(r, dot + 1, s, standard_item(s, head), out);
	} else if (c->each_school) {
		found = school_term(r, name, s, out);
	} else {
		found = item_term(r, name, s, item, out);
	}
	out->minus = minus;
	return found;
}

/* Counted twice, or taken off again. */
static void check_twice(struct reader *r, const struct sum *sum)
{
	const struct term *last = &sum->terms[sum->n];

	for (int i = 0; i < sum->n; i++) {
		const struct term *t = &sum->terms[i];

		if (t->source != last->source || t->field != last->field || t->item != last->item)
			continue;
		reader_problem(r, "contradicts", "字段重复 / the field is there twice");
		return;
	}
}

void standard_read_sum(struct reader *r, json_t *value, const struct standard *s, int item,
		       const struct condition *c, struct sum *out)
{
	json_t *text;
	size_t i;

	if (!reader_is_array(r, value))
		return;
	if (json_array_size(value) == 0 || json_array_size(value) > TERMS_MAX) {
		reader_problem(r, "too_many", "须有 1 到 %d 个字段 / must have 1 to %d fields",
			       TERMS_MAX, TERMS_MAX);
		return;
	}
	json_array_foreach(value, i, text)
	{
		const size_t mark = reader_enter_index(r, i);

		if (reader_is_string(r, text) &&
		    read_term(r, json_string_value(text), s, item, c, &out->terms[out->n])) {
			check_twice(r, out);
			out->n++;
		}
		reader_leave(r, mark);
	}
	if (out->n && out->terms[0].minus)
		reader_problem(r, "contradicts",
			       "第一个字段不能是减项 / the first field cannot be subtracted");
}

static enum unit unit_of(const struct standard *s, const struct term *t)
{
	switch (t->source) {
	case SOURCE_ITEM:
		return s->items[t->item].fields[t->field].unit;
	case SOURCE_SITE:
		return site_fields[t->field].unit;
	case SOURCE_DECLARED:
		return s->fields[t->field].unit;
	case SOURCE_STAGE:
		break;
	}
	return UNIT_COUNT;
}

int standard_sum_unit(struct reader *r, const struct standard *s, const struct sum *sum)
{
	for (int i = 1; i < sum->n; i++) {
		if (unit_of(s, &sum->terms[i]) == unit_of(s, &sum->terms[0]))
			continue;
		reader_problem(r, "unit_mismatch",
			       "相加的字段单位不同 / what is added up has different units");
		return -1;
	}
	return sum->n ? (int)unit_of(s, &sum->terms[0]) : -1;
}
