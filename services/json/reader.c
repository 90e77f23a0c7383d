/* SPDX-License-Identifier: Apache-2.0 */
#include "json/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "domain/report.h"
#include "json/malformed.h"
#include "json/scan.h"

void reader_init(struct reader *r, struct problems *problems)
{
	r->problems = problems;
	r->found = 0;
	pointer_init(&r->at);
}

/* Jansson names no member: find the place by its byte. */
static void note_refused(struct reader *r, const char *body, const json_error_t *error)
{
	char pointer[POINTER_BYTES];

	scan_pointer(body, (size_t)error->position, pointer, sizeof(pointer));
	r->found++;
	if (json_error_code(error) == json_error_duplicate_key)
		problems_add(r->problems, pointer, "duplicate_key",
			     "字段重复出现 / the field is given twice");
	else
		problems_add(r->problems, pointer, "too_big", "数值过大 / the number is too big");
}

enum err reader_load(struct reader *r, const char *body, size_t len, json_t **ret_root,
		     struct err_info *info)
{
	json_error_t error, doubled;
	bool twice, overflow;
	json_t *root;

	if (!scan_depth_ok(body, len))
		return err_set(info, ERR_MALFORMED, "嵌套超过 %d 层 / nested deeper than %d levels",
			       SCAN_DEPTH_MAX, SCAN_DEPTH_MAX);
	root = json_loadb(body, len, JSON_REJECT_DUPLICATES, &error);
	doubled = error;
	twice = !root && json_error_code(&error) == json_error_duplicate_key;
	if (twice)
		root = json_loadb(body, len, 0, &error);
	overflow = !root && json_error_code(&error) == json_error_numeric_overflow;
	if (!root && !overflow)
		return malformed(body, len, &error, info);
	if (root && !json_is_object(root)) {
		json_decref(root);
		return err_set(info, ERR_MALFORMED, "须为 JSON 对象 / must be a JSON object");
	}
	/* Only now is it sure that the text is JSON, and a place in it worth naming. */
	if (twice)
		note_refused(r, body, &doubled);
	if (overflow)
		note_refused(r, body, &error);
	*ret_root = root;
	return twice || overflow ? ERR_INVALID : ERR_OK;
}

size_t reader_enter(struct reader *r, const char *key)
{
	const size_t mark = r->at.len;

	pointer_add(&r->at, key, strlen(key));
	return mark;
}

size_t reader_enter_index(struct reader *r, size_t index)
{
	const size_t mark = r->at.len;

	pointer_index(&r->at, index);
	return mark;
}

void reader_leave(struct reader *r, size_t mark)
{
	pointer_cut(&r->at, mark);
}

void reader_problem(struct reader *r, const char *code, const char *fmt, ...)
{
	char detail[sizeof(r->problems->items[0].detail)];
	va_list args;

	va_start(args, fmt);
	if (vsnprintf(detail, sizeof(detail), fmt, args) >= (int)sizeof(detail))
		str_trim_utf8(detail);
	va_end(args);
	r->found++;
	problems_add(r->problems, r->at.text, code, "%s", detail);
}

void reader_missing(struct reader *r, const char *key)
{
	const size_t mark = reader_enter(r, key);

	reader_problem(r, "required", "必填 / is required");
	reader_leave(r, mark);
}

void reader_unknown(struct reader *r, const char *key)
{
	const size_t mark = reader_enter(r, key);

	reader_problem(r, "unknown_field", "没有此字段 / no such field");
	reader_leave(r, mark);
}

void reader_members(struct reader *r, json_t *object, const char *const *names, size_t n)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		size_t i = 0;

		while (i < n && strcmp(names[i], key) != 0)
			i++;
		if (i == n)
			reader_unknown(r, key);
	}
}

static bool wrong_type(struct reader *r, const char *zh, const char *en)
{
	reader_problem(r, "wrong_type", "须为%s / must be %s", zh, en);
	return false;
}

bool reader_is_object(struct reader *r, const json_t *value)
{
	return json_is_object(value) || wrong_type(r, "对象", "an object");
}

bool reader_is_array(struct reader *r, const json_t *value)
{
	return json_is_array(value) || wrong_type(r, "数组", "an array");
}

bool reader_is_string(struct reader *r, const json_t *value)
{
	return json_is_string(value) || wrong_type(r, "字符串", "a string");
}

bool reader_count(struct reader *r, const json_t *value, int64_t max, int64_t *out)
{
	json_int_t n;

	if (json_is_real(value)) {
		reader_problem(r, "not_integer",
			       "须为整数,不带小数点和指数 / must be a whole number, without "
			       "point or exponent");
		return false;
	}
	if (!json_is_integer(value))
		return wrong_type(r, "整数", "a whole number");
	n = json_integer_value(value);
	if (n < 0) {
		reader_problem(r, "negative", "不能为负数 / must not be negative");
		return false;
	}
	if (n > max) {
		reader_problem(r, "too_big", "不能超过 %lld / must not exceed %lld", (long long)max,
			       (long long)max);
		return false;
	}
	*out = n;
	return true;
}

bool reader_amount(struct reader *r, const json_t *value, int64_t *out)
{
	enum decimal_result result;
	int64_t hundredths = 0;
	double number;

	if (!json_is_number(value))
		return wrong_type(r, "数值", "a number");
	number = json_number_value(value);
	if (number < 0) {
		reader_problem(r, "negative", "不能为负数 / must not be negative");
		return false;
	}
	result = decimal_from_double(number, &hundredths);
	if (result == DECIMAL_TOO_MANY_DECIMALS) {
		reader_problem(r, "too_many_decimals", "最多两位小数 / at most two decimals");
		return false;
	}
	if (result == DECIMAL_TOO_BIG || hundredths > AMOUNT_MAX) {
		reader_problem(r, "too_big", "不能超过 %.0f / must not exceed %.0f", DECIMAL_MAX,
			       DECIMAL_MAX);
		return false;
	}
	*out = hundredths;
	return true;
}

bool reader_scaled(struct reader *r, const json_t *value, int decimals, int64_t max, int64_t *out)
{
	enum decimal_result result;
	int64_t scale = 1;

	for (int i = 0; i < decimals; i++)
		scale *= 10;
	if (!json_is_number(value))
		return wrong_type(r, "数值", "a number");
	if (json_number_value(value) < 0) {
		reader_problem(r, "negative", "不能为负数 / must not be negative");
		return false;
	}
	result = decimal_scaled(json_number_value(value), scale, max, out);
	if (result == DECIMAL_TOO_MANY_DECIMALS)
		reader_problem(r, "too_many_decimals", "最多 %d 位小数 / at most %d decimals",
			       decimals, decimals);
	if (result == DECIMAL_TOO_BIG)
		reader_problem(r, "too_big", "不能超过 %.10g / must not exceed %.10g",
			       (double)max / (double)scale, (double)max / (double)scale);
	return result == DECIMAL_OK;
}

bool reader_bool(struct reader *r, const json_t *value, bool *out)
{
	if (!json_is_boolean(value))
		return wrong_type(r, "布尔值", "true or false");
	*out = json_is_true(value);
	return true;
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

bool reader_text(struct reader *r, const json_t *value, size_t max_chars, char *out, size_t size)
{
	const char *s = json_string_value(value);

	if (!s)
		return wrong_type(r, "字符串", "a string");
	if (str_is_blank(s)) {
		reader_problem(r, "empty", "不能为空 / must not be empty");
		return false;
	}
	if (characters(s) > max_chars || strlen(s) >= size) {
		reader_problem(r, "too_long",
			       "最多 %zu 个字符、%zu 字节 / at most %zu characters and %zu bytes",
			       max_chars, size - 1, max_chars, size - 1);
		return false;
	}
	if (!str_is_text(s, strlen(s))) {
		reader_problem(r, "bad_format",
			       "不能含控制字符 / must not contain control characters");
		return false;
	}
	str_copy(out, size, s);
	return true;
}

bool reader_digits(struct reader *r, const json_t *value, size_t n, char *out)
{
	const char *s = json_string_value(value);

	if (!s)
		return wrong_type(r, "字符串", "a string");
	if (!str_is_digits(s, n)) {
		reader_problem(r, "bad_format", "须为 %zu 位数字 / must be %zu digits", n, n);
		return false;
	}
	str_copy(out, n + 1, s);
	return true;
}

bool reader_year(struct reader *r, const json_t *value, char out[PERIOD_CODE])
{
	char year[PERIOD_CODE];

	if (!reader_digits(r, value, sizeof(year) - 1, year))
		return false;
	if (!str_starts(year, "20")) {
		reader_problem(r, "bad_format", "须为 2000 到 2099 / must be 2000 to 2099");
		return false;
	}
	str_copy(out, PERIOD_CODE, year);
	return true;
}

int reader_choice(struct reader *r, const json_t *value, const char *const *names, int n)
{
	const char *s = json_string_value(value);
	char all[120] = "";
	size_t len = 0;

	if (!s) {
		wrong_type(r, "字符串", "a string");
		return -1;
	}
	for (int i = 0; i < n; i++) {
		if (str_equal(names[i], s))
			return i;
		str_copy(all + len, sizeof(all) - len, i ? ", " : "");
		len = strlen(all);
		str_copy(all + len, sizeof(all) - len, names[i]);
		len = strlen(all);
	}
	reader_problem(r, "not_allowed", "不在取值范围内 / must be one of %s", all);
	return -1;
}

enum err reader_result(const struct reader *r)
{
	return r->found ? ERR_INVALID : ERR_OK;
}
