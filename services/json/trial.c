/* SPDX-License-Identifier: Apache-2.0 */
#include "json/trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "json/reader.h"

void trial_document_release(struct trial_document *t)
{
	free(t->standard);
	t->standard = NULL;
}

static void read_region(struct reader *r, const json_t *value, struct trial_document *out)
{
	char text[COUNTY_CODE];
	size_t len;

	if (!reader_text(r, value, sizeof(text) - 1, text, sizeof(text)))
		return;
	len = strlen(text);
	if (str_is_digits(text, len) && len % 2 == 0)
		str_copy(out->region, sizeof(out->region), text);
	else
		reader_problem(r, "bad_format", "须为 2、4 或 6 位数字 / must be 2, 4 or 6 digits");
}

static void read_period(struct reader *r, const json_t *value, struct trial_document *out)
{
	char text[PERIOD_CODE];

	if (!reader_digits(r, value, PERIOD_CODE - 1, text))
		return;
	if (str_starts(text, "20"))
		str_copy(out->period, sizeof(out->period), text);
	else
		reader_problem(r, "bad_format", "须为 2000 到 2099 / must be 2000 to 2099");
}

static void read_member(struct reader *r, const char *key, json_t *value,
			struct trial_document *out, json_t **ret_standard)
{
	const size_t mark = reader_enter(r, key);

	if (str_equal(key, "region"))
		read_region(r, value, out);
	else if (str_equal(key, "period"))
		read_period(r, value, out);
	else if (!str_equal(key, "standard"))
		reader_problem(r, "unknown_field", "没有此字段 / no such field");
	else if (reader_is_object(r, value))
		*ret_standard = value;
	reader_leave(r, mark);
}

enum err json_read_trial(const char *body, size_t len, struct trial_document *out,
			 struct problems *problems, struct err_info *info)
{
	static const char *const required[] = { "region", "period" };
	struct trial_document trial = { .standard = NULL };
	auto_json json_t *root = NULL;
	json_t *standard = NULL;
	struct reader r;
	const char *key;
	json_t *value;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	if (!root)
		return e;
	json_object_foreach(root, key, value)
	{
		read_member(&r, key, value, &trial, &standard);
	}
	for (size_t i = 0; i < ARRAY_LEN(required); i++) {
		if (!json_object_get(root, required[i]))
			reader_missing(&r, required[i]);
	}
	if ((e = reader_result(&r)) != ERR_OK)
		return e;
	/* 17 digits: the reader of standards finds the numbers that were sent. */
	if (standard)
		trial.standard = json_dumps(standard, JSON_COMPACT | JSON_REAL_PRECISION(17));
	if (standard && !trial.standard)
		return ERR_NOMEM;
	*out = trial;
	return ERR_OK;
}
