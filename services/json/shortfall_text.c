/* SPDX-License-Identifier: Apache-2.0 */
#include "json/shortfall_text.h"

#include <string.h>

#include "base/str.h"
#include "domain/condition.h"
#include "domain/report.h"
#include "json/reader.h"

#define LINE_BYTES 4096 /* what a school's line may take: else the rest is counted */

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* --- figures and units ------------------------------------------------------------------------ */

/* Units of "unit", and how a number of it is told: %.*f with so many decimals. */
static const struct unit_words {
	const char *name;
	const char *zh;     /* behind the number */
	const char *gap_zh; /* … of a distance */
	int decimals;
} units[] = {
	{ "cv", "", "", 3 },
	{ "schools", " 所未达标", " 所", 0 },
	{ "percent", "%", " 个百分点", 1 },
	{ "persons", " 人", " 人", 2 },
	{ "teachers", " 人", " 人", 0 },
	{ "classes", " 班", " 班", 0 },
	{ "yuan", " 元", " 元", 2 },
	{ "area", " m²", " m²", 2 },
	{ "m2", " m²", " m²", 2 },
	{ "rooms", " 间", " 间", 2 },
	{ "number", "", "", 2 },
};

static const struct unit_words *unit_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (str_equal(units[i].name, name))
			return &units[i];
	}
	return &units[ARRAY_LEN(units) - 1];
}

static const char *field_zh(const struct field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_equal(fields[i].name, name))
			return fields[i].zh;
	}
	return NULL;
}

/* What a standard calls a figure that it declares; else the statistics name of the pointer's. */
static const char *figure_zh(const json_t *lack)
{
	const char *declared = text_of(lack, "name");
	const char *pointer = text_of(lack, "figure");
	const char *slash = strrchr(pointer, '/');
	const char *name = slash ? slash + 1 : pointer;
	const char *zh = declared[0] ? declared : field_zh(stage_fields, STAGE_FIELD_COUNT, name);

	if (!zh)
		zh = field_zh(site_fields, SITE_FIELD_COUNT, name);
	if (!zh)
		zh = field_zh(room_lists, ROOM_LIST_COUNT, name);
	return zh ? zh : name;
}

/* --- details ---------------------------------------------------------------------------------- */

static void add_lack(struct buf *out, const json_t *lack)
{
	const char *to = text_of(lack, "to");
	const json_t *number = json_object_get(lack, "lack");

	buf_str(out, text_of(lack, "indicator"));
	buf_str(out, text_of(lack, "indicator")[0] ? " " : "");
	buf_str(out, figure_zh(lack));
	if (json_is_number(number))
		buf_printf(out, "缺 %.10g%s", json_number_value(number),
			   unit_find(text_of(lack, "unit"))->gap_zh);
	else
		buf_str(out, "须调整");
	if (str_equal(to, "mean"))
		buf_str(out, "(至县均值)");
	else if (str_equal(to, "floor"))
		buf_str(out, "(至下限)");
}

static void add_lacks(struct buf *out, const json_t *lacks)
{
	const json_t *one;
	size_t i;

	json_array_foreach(lacks, i, one)
	{
		if (i)
			buf_str(out, "、");
		add_lack(out, one);
	}
}

static const char *stage_words(const json_t *school)
{
	const char *name = text_of(school, "stage");

	for (int i = 0; i < STAGE_COUNT; i++) {
		if (str_equal(stage_names[i], name))
			return stage_zh[i];
	}
	return "";
}

static void add_schools(struct buf *out, const json_t *root)
{
	const json_t *schools = json_object_get(root, "schools");
	json_int_t more = json_integer_value(json_object_get(root, "more"));
	const json_t *one;
	size_t i;

	json_array_foreach(schools, i, one)
	{
		const char *stage = stage_words(one);

		if (out->len > SHORTFALL_TEXT_BYTES - LINE_BYTES) {
			more += (json_int_t)(json_array_size(schools) - i);
			break;
		}
		buf_str(out, out->len ? "\n" : "");
		buf_str(out, text_of(one, "name"));
		if (stage[0])
			buf_printf(out, "(%s)", stage);
		buf_str(out, ":");
		add_lacks(out, json_object_get(one, "lacks"));
	}
	if (more)
		buf_printf(out, "\n另有 %lld 所", (long long)more);
}

/* --- the cells -------------------------------------------------------------------------------- */

static void put(char *out, size_t size, const char *before, double number, int decimals,
		const char *behind)
{
	if (snprintf(out, size, "%s%.*f%s", before, decimals, number, behind) < 0)
		out[0] = '\0';
}

static const char *sign_of(const char *compare)
{
	for (int i = 0; i < COMPARE_COUNT; i++) {
		if (str_equal(compare_names[i], compare))
			return compare_signs[i];
	}
	return "";
}

static void put_limit(struct shortfall_words *out, const json_t *root, const double *limit)
{
	const char *unit = text_of(root, "unit");

	if (str_equal(unit, "schools")) {
		str_copy(out->limit, sizeof(out->limit), "每所学校达标");
	} else if (limit && unit[0]) {
		if (snprintf(out->limit, sizeof(out->limit), "%s %.10g%s",
			     sign_of(text_of(root, "compare")), *limit, unit_find(unit)->zh) < 0)
			out->limit[0] = '\0';
	} else {
		str_copy(out->limit, sizeof(out->limit), "达标");
	}
}

enum err json_shortfall_words(const char *shortfall, const double *value, const double *limit,
			      struct shortfall_words *out, struct err_info *info)
{
	auto_json json_t *root = json_loads(shortfall, 0, NULL);
	const struct unit_words *unit = unit_find(text_of(root, "unit"));
	const json_t *lack = json_object_get(root, "lack");

	if (!root)
		return err_set(info, ERR_DB, "a stored shortfall is no JSON");
	str_copy(out->title, sizeof(out->title), text_of(json_object_get(root, "title"), "zh"));
	str_copy(out->value, sizeof(out->value), "未达标");
	if (value && text_of(root, "unit")[0])
		put(out->value, sizeof(out->value), "", *value, unit->decimals, unit->zh);
	put_limit(out, root, limit);
	out->gap[0] = '\0';
	if (json_is_number(lack) && json_number_value(lack) > 0)
		put(out->gap, sizeof(out->gap), "", json_number_value(lack),
		    unit->decimals ? unit->decimals + 1 : 0, unit->gap_zh);
	buf_init(&out->details, SHORTFALL_TEXT_BYTES);
	add_lacks(&out->details, json_object_get(root, "figures"));
	add_schools(&out->details, root);
	return buf_failed(&out->details) ? out->details.err : ERR_OK;
}

void json_text_lines(const char *list, struct buf *out)
{
	auto_json json_t *root = json_loads(list, 0, NULL);
	const json_t *one;
	size_t i;

	json_array_foreach(root, i, one)
	{
		const char *text = json_string_value(one);

		if (i)
			buf_str(out, "\n");
		buf_str(out, text ? text : "");
	}
}
