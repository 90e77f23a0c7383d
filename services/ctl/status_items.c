/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/status_items.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/str.h"
#include "ctl/client.h"
#include "ctl/words.h"
#include "domain/condition.h"

#define TITLE_CHARS 22 /* of its Chinese characters */

/* "percent" is "%", "at_least" is "≥". */
static const char *sign_of(const char *name, const char *const *names, const char *const *signs,
			   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_equal(names[i], name))
			return signs[i];
	}
	return "";
}

/* What decides an item with several conditions: the first that stands as the item does, and has a
 * value; else the first of all, whose value is the item's own. */
static const json_t *decisive(const json_t *item)
{
	const json_t *conditions = json_object_get(item, "conditions");
	const json_t *condition;
	size_t i;

	json_array_foreach(conditions, i, condition)
	{
		if (json_object_get(condition, "value") &&
		    str_equal(json_text_of(condition, "status"), json_text_of(item, "status")))
			return condition;
	}
	return item;
}

static void title_cell(struct table *t, const json_t *rule)
{
	const char *zh = json_string_value(json_object_get(rule, "zh"));
	char title[TITLE_CHARS * 3 + 1];

	str_copy(title, sizeof(title), zh ? zh : "");
	table_cell(t, title, COLOUR_NONE);
}

static void value_cells(struct table *t, const json_t *judged)
{
	const json_t *threshold = json_object_get(judged, "threshold");
	const char *measure = sign_of(json_text_of(judged, "measure"), measure_names, measure_signs,
				      MEASURE_COUNT);
	char text[48] = "";

	if (json_object_get(judged, "display"))
		snprintf(text, sizeof(text), "%s %s", json_text_of(judged, "display"), measure);
	table_cell(t, text, COLOUR_NONE);
	text[0] = '\0';
	if (json_is_number(threshold))
		snprintf(text, sizeof(text), "%s %.10g",
			 sign_of(json_text_of(judged, "compare"), compare_names, compare_signs,
				 COMPARE_COUNT),
			 json_number_value(threshold));
	table_cell(t, text, COLOUR_NONE);
}

static void schools_cell(struct table *t, const json_t *item)
{
	char text[48] = "";

	if (json_object_get(item, "schools_total"))
		snprintf(text, sizeof(text), "%" PRId64 "/%" PRId64,
			 json_count_of(item, "schools_met"), json_count_of(item, "schools_total"));
	table_cell(t, text, COLOUR_NONE);
}

/* Of a veto, "met" would read as if it had happened. */
static void state_cell(struct table *t, const json_t *item, const json_t *rule)
{
	const json_t *first = json_array_get(json_object_get(rule, "conditions"), 0);
	const char *status = json_text_of(item, "status");

	if (str_equal(json_text_of(first, "rule"), "veto") && str_equal(status, "met"))
		table_cell(t, "无 / did not happen", COLOUR_GREEN);
	else if (str_equal(json_text_of(first, "rule"), "veto") && str_equal(status, "not_met"))
		table_cell(t, "有 / happened", COLOUR_RED);
	else
		word_cell(t, status);
}

void status_items_print(json_t *items, const json_t *titles)
{
	static const char *const heads[] = { "",         "项目 / item",    "数值/value",
					     "限/limit", "校达标/schools", "结论/status" };
	auto_table struct table t;
	const char *name;
	json_t *item;

	table_init(&t, ARRAY_LEN(heads));
	if (json_object_size(items) == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		t.right[i] = i > 1 && i < 5;
		table_cell(&t, heads[i], COLOUR_NONE);
	}
	json_object_foreach(items, name, item)
	{
		table_cell(&t, name, COLOUR_NONE);
		title_cell(&t, json_object_get(titles, name));
		value_cells(&t, decisive(item));
		schools_cell(&t, item);
		state_cell(&t, item, json_object_get(titles, name));
	}
	printf("\n");
	table_print(&t, stdout);
}
