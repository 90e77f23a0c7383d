/* SPDX-License-Identifier: Apache-2.0 */
/* A standard's document: the numbers of section 4, and what frames it. */
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "domain/judge.h"
#include "json/standard_reader.h"

#define TEXT_CHARS    (STANDARD_TEXT - 1)
#define THRESHOLD_MAX (INT64_C(1000000) * STANDARD_SCALE)
#define CV_LIMIT_MAX  9999 /* 9.999 */
#define PUPILS_MAX    10000
#define ID_CHARS      (STANDARD_ID - 1)

/* --- the numbers of section 4 ------------------------------------------------------------ */

static int stage_of(const char *name, int n)
{
	for (int i = 0; i < n; i++) {
		if (str_equal(stage_names[i], name))
			return i;
	}
	return -1;
}

static int indicator_of(const char *code)
{
	for (int i = 0; i < INDICATORS; i++) {
		if (str_equal(indicators[i].code, code))
			return i;
	}
	return -1;
}

/* More than zero, in thousandths. */
static void read_threshold(struct reader *r, const json_t *value, int64_t max, int64_t *out)
{
	int64_t thousandths = 0;

	if (!reader_scaled(r, value, 3, max, &thousandths))
		return;
	if (thousandths == 0)
		reader_problem(r, "not_allowed", "须大于 0 / must be above 0");
	else
		*out = thousandths;
}

static void read_stage_thresholds(struct reader *r, json_t *value, int64_t out[INDICATORS])
{
	const char *key;
	json_t *number;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, number)
	{
		const int i = indicator_of(key);
		const size_t mark = reader_enter(r, key);

		if (i < 0)
			reader_problem(r, "unknown_field", "没有此指标 / no such indicator");
		else
			read_threshold(r, number, THRESHOLD_MAX, &out[i]);
		reader_leave(r, mark);
	}
	for (int i = 0; i < INDICATORS; i++) {
		if (!json_object_get(value, indicators[i].code))
			reader_missing(r, indicators[i].code);
	}
}

/* An object with a member for each judged stage. */
static void read_stages(struct reader *r, json_t *value, struct standard *s,
			void (*read)(struct reader *r, json_t *value, struct standard *s,
				     int stage))
{
	const char *key;
	json_t *member;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, member)
	{
		const int stage = stage_of(key, JUDGED_STAGES);
		const size_t mark = reader_enter(r, key);

		if (stage < 0)
			reader_problem(r, "unknown_field", "没有此学段 / no such stage");
		else
			read(r, member, s, stage);
		reader_leave(r, mark);
	}
	for (int i = 0; i < JUDGED_STAGES; i++) {
		if (!json_object_get(value, stage_names[i]))
			reader_missing(r, stage_names[i]);
	}
}

static void read_thresholds_of(struct reader *r, json_t *value, struct standard *s, int stage)
{
	read_stage_thresholds(r, value, s->threshold[stage]);
}

static void read_thresholds(struct reader *r, json_t *value, struct standard *s)
{
	read_stages(r, value, s, read_thresholds_of);
}

static void read_cv_limit_of(struct reader *r, json_t *value, struct standard *s, int stage)
{
	read_threshold(r, value, CV_LIMIT_MAX, &s->cv_limit[stage]);
}

static void read_cv_limit(struct reader *r, json_t *value, struct standard *s)
{
	read_stages(r, value, s, read_cv_limit_of);
}

static void read_small(struct reader *r, const json_t *value, int64_t max, int *out)
{
	int64_t n = 0;

	if (reader_count(r, value, max, &n))
		*out = (int)n;
}

static void read_indicators_needed(struct reader *r, json_t *value, struct standard *s)
{
	read_small(r, value, INDICATORS, &s->indicators_needed);
}

static void read_floor_percent(struct reader *r, json_t *value, struct standard *s)
{
	read_small(r, value, 100, &s->floor_percent);
}

static void read_teaching_point(struct reader *r, json_t *value, struct standard *s)
{
	read_small(r, value, PUPILS_MAX, &s->teaching_point_students);
}

static void read_kind_weights(struct reader *r, json_t *value, const struct kind *kind,
			      struct weight_row *out)
{
	const char *key;
	json_t *number;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, number)
	{
		const int stage = stage_of(key, STAGE_COUNT);
		const size_t mark = reader_enter(r, key);
		int64_t weight = 0;

		if (stage < 0 || !kind_has_stage(kind, (enum stage)stage))
			reader_problem(r, "not_of_kind",
				       "办学类型 %s 没有此学段 / kind %s has no such stage",
				       kind->code, kind->code);
		else if (reader_scaled(r, number, 2, WEIGHT_MAX, &weight) && weight == 0)
			reader_problem(r, "not_allowed", "须大于 0 / must be above 0");
		else
			out->weight[stage] = (int)weight;
		reader_leave(r, mark);
	}
}

static void read_weights(struct reader *r, json_t *value, struct standard *s)
{
	const char *key;
	json_t *row;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, row)
	{
		const struct kind *kind = kind_find(key);
		const size_t mark = reader_enter(r, key);

		if (!kind) {
			reader_problem(r, "not_allowed", "没有此办学类型 / no such school kind");
		} else if (s->weight_rows == WEIGHT_ROWS_MAX) {
			reader_problem(r, "too_many", "最多 %d 行 / at most %d rows",
				       WEIGHT_ROWS_MAX, WEIGHT_ROWS_MAX);
		} else {
			struct weight_row *out = &s->weights[s->weight_rows++];

			str_copy(out->kind, sizeof(out->kind), key);
			read_kind_weights(r, row, kind, out);
		}
		reader_leave(r, mark);
	}
}

static void read_judge(struct reader *r, json_t *value, struct standard *s)
{
	static const char *const names[] = { "exact", "rounded" };

	s->judge_rounded = reader_choice(r, value, names, 2) == 1;
}

static void read_reliefs(struct reader *r, json_t *value, struct standard *s)
{
	const char *key;
	json_t *flag;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, flag)
	{
		const size_t mark = reader_enter(r, key);
		int i = 0;

		while (i < RELIEF_COUNT && !str_equal(relief_names[i], key))
			i++;
		if (i == RELIEF_COUNT)
			reader_problem(r, "unknown_field", "没有此从宽项 / no such relief");
		else
			(void)reader_bool(r, flag, &s->reliefs[i]);
		reader_leave(r, mark);
	}
	for (int i = 0; i < RELIEF_COUNT; i++) {
		if (!json_object_get(value, relief_names[i]))
			reader_missing(r, relief_names[i]);
	}
}

/* --- what frames it ------------------------------------------------------------------------ */

static void read_title(struct reader *r, json_t *value, struct standard *s)
{
	(void)reader_text(r, value, TEXT_CHARS, s->title, sizeof(s->title));
}

static void read_source(struct reader *r, json_t *value, struct standard *s)
{
	(void)reader_text(r, value, TEXT_CHARS, s->source, sizeof(s->source));
}

static bool is_id(const char *id)
{
	const size_t len = strlen(id);

	return len > 0 && len <= ID_CHARS && id[0] != '-' &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

void standard_read_id(struct reader *r, const json_t *value, char out[STANDARD_ID])
{
	if (!reader_is_string(r, value))
		return;
	if (is_id(json_string_value(value)))
		str_copy(out, STANDARD_ID, json_string_value(value));
	else
		reader_problem(r, "bad_format",
			       "须为标准的编号 / must be the id of a standard: a-z, 0-9 and -");
}

static void read_base(struct reader *r, json_t *value, struct standard *s)
{
	standard_read_id(r, value, s->base);
}

static void read_region(struct reader *r, json_t *value, struct standard *s)
{
	const char *code = json_string_value(value);
	const size_t len = code ? strlen(code) : 0;

	if (!reader_is_string(r, value))
		return;
	if (!str_is_digits(code, len) || !(len == 2 || len == 4 || len == 6))
		reader_problem(r, "bad_format",
			       "须为 2、4 或 6 位数字;全国的标准不写 / must be 2, 4 or 6 digits; "
			       "left out for the whole country");
	else
		str_copy(s->region, sizeof(s->region), code);
}

static void read_period(struct reader *r, json_t *value, char out[PERIOD_CODE])
{
	char digits[PERIOD_CODE];

	if (!reader_digits(r, value, PERIOD_CODE - 1, digits))
		return;
	if (!str_starts(digits, "20"))
		reader_problem(r, "not_allowed", "须为 2000 到 2099 / must be 2000 to 2099");
	else
		str_copy(out, PERIOD_CODE, digits);
}

static void read_from(struct reader *r, json_t *value, struct standard *s)
{
	read_period(r, value, s->from);
}

static void read_to(struct reader *r, json_t *value, struct standard *s)
{
	read_period(r, value, s->to);
}

/* In the order that they are read in: items refer to fields. */
static const struct member {
	const char *name;
	bool required;
	void (*read)(struct reader *r, json_t *value, struct standard *s);
} members[] = {
	{ "base", false, read_base },
	{ "title", true, read_title },
	{ "source", true, read_source },
	{ "region", false, read_region },
	{ "valid_from", true, read_from },
	{ "valid_to", false, read_to },
	{ "thresholds", true, read_thresholds },
	{ "cv_limit", true, read_cv_limit },
	{ "indicators_needed", true, read_indicators_needed },
	{ "floor_percent", true, read_floor_percent },
	{ "teaching_point_students", true, read_teaching_point },
	{ "weights", false, read_weights },
	{ "judge", true, read_judge },
	{ "reliefs", true, read_reliefs },
	{ "fields", false, standard_read_fields },
	{ "items", true, standard_read_items },
};

static bool is_member(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (str_equal(members[i].name, name))
			return true;
	}
	return false;
}

enum err standard_read(struct reader *r, json_t *root, struct standard *out)
{
	const char *key;
	json_t *value;

	memset(out, 0, sizeof(*out));
	json_object_foreach(root, key, value)
	{
		if (!is_member(key))
			reader_unknown(r, key);
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const struct member *m = &members[i];
		size_t mark;

		value = json_object_get(root, m->name);
		if (!value) {
			if (m->required)
				reader_missing(r, m->name);
			continue;
		}
		mark = reader_enter(r, m->name);
		m->read(r, value, out);
		reader_leave(r, mark);
	}
	if (out->to[0] && strcmp(out->to, out->from) < 0) {
		const size_t mark = reader_enter(r, "valid_to");

		reader_problem(r, "contradicts",
			       "不能早于 valid_from / must not be before valid_from");
		reader_leave(r, mark);
	}
	return reader_result(r);
}
