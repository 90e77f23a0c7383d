/* SPDX-License-Identifier: Apache-2.0 */
#include "store/param.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "domain/report.h"

void params_init(struct params *p)
{
	p->n = 0;
}

void params_text(struct params *p, const char *text)
{
	assert(p->n < PARAMS_MAX);
	p->value[p->n++] = text;
}

/* The place for the text of the next number. */
static char *next_text(struct params *p)
{
	assert(p->n < PARAMS_MAX);
	p->value[p->n] = p->text[p->n];
	return p->text[p->n++];
}

void params_int(struct params *p, int64_t value)
{
	str_from_int64(value, next_text(p));
}

void params_bool(struct params *p, bool value)
{
	params_text(p, value ? "t" : "f");
}

void params_double(struct params *p, double value)
{
	snprintf(next_text(p), PARAM_TEXT, "%.17g", value);
}

void params_int_or(struct params *p, int64_t value, int64_t null_value)
{
	if (value == null_value)
		params_text(p, NULL);
	else
		params_int(p, value);
}

void params_text_or(struct params *p, const char *text, const char *null_text)
{
	params_text(p, str_equal(text, null_text) ? NULL : text);
}

void params_decimal(struct params *p, int64_t hundredths)
{
	if (hundredths == MISSING)
		params_text(p, NULL);
	else
		decimal_format(hundredths, next_text(p));
}

void array_init(struct array *a)
{
	buf_init(&a->text, ARRAY_MAX);
}

void array_release(struct array *a)
{
	buf_release(&a->text);
}

static void next_element(struct array *a)
{
	buf_str(&a->text, a->text.len ? "," : "{");
}

void array_text(struct array *a, const char *text)
{
	assert(!text || !strpbrk(text, "{},\"\\ "));
	next_element(a);
	buf_str(&a->text, text ? text : "NULL");
}

void array_quoted(struct array *a, const char *text)
{
	next_element(a);
	buf_str(&a->text, "\"");
	while (*text) {
		const size_t plain = strcspn(text, "\"\\");

		buf_add(&a->text, text, plain);
		text += plain;
		if (!*text)
			break;
		buf_str(&a->text, "\\");
		buf_add(&a->text, text++, 1);
	}
	buf_str(&a->text, "\"");
}

void array_int(struct array *a, int64_t value)
{
	next_element(a);
	buf_printf(&a->text, "%lld", (long long)value);
}

void array_double(struct array *a, bool has, double value)
{
	next_element(a);
	if (has)
		buf_printf(&a->text, "%.17g", value);
	else
		buf_str(&a->text, "NULL");
}

void array_decimal(struct array *a, int64_t hundredths)
{
	char text[DECIMAL_TEXT];

	next_element(a);
	buf_str(&a->text, decimal_format(hundredths, text));
}

const char *array_end(struct array *a)
{
	buf_str(&a->text, a->text.len ? "}" : "{}");
	return buf_failed(&a->text) ? NULL : a->text.data;
}
