/* SPDX-License-Identifier: Apache-2.0 */
#include "json/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_text(struct buf *out, const char *s)
{
	buf_add(out, "\"", 1);
	while (*s) {
		/* Runs of plain characters at once. */
		size_t n = 0;

		while ((unsigned char)s[n] >= 0x20 && s[n] != '"' && s[n] != '\\' && s[n] != 0x7f)
			n++;
		buf_add(out, s, n);
		s += n;
		if (!*s)
			break;
		if (*s == '"' || *s == '\\')
			buf_printf(out, "\\%c", *s);
		else
			buf_printf(out, "\\u%04x", (unsigned)(unsigned char)*s);
		s++;
	}
	buf_add(out, "\"", 1);
}

void json_double(struct buf *out, double value)
{
	char text[40];

	if (!isfinite(value)) {
		buf_str(out, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		if (snprintf(text, sizeof(text), "%.*g", digits, value) < 0)
			return;
		if (strtod(text, NULL) == value)
			break;
	}
	buf_str(out, text);
}

void json_hundredths(struct buf *out, int64_t hundredths)
{
	const uint64_t magnitude = hundredths < 0 ? 0 - (uint64_t)hundredths : (uint64_t)hundredths;
	const unsigned fraction = (unsigned)(magnitude % 100);

	buf_printf(out, "%s%llu", hundredths < 0 ? "-" : "", (unsigned long long)(magnitude / 100));
	if (fraction % 10)
		buf_printf(out, ".%02u", fraction);
	else if (fraction)
		buf_printf(out, ".%u", fraction / 10);
}

void json_name(struct buf *out, const char *name)
{
	if (out->len && out->data[out->len - 1] != '{')
		buf_add(out, ",", 1);
	json_text(out, name);
	buf_add(out, ":", 1);
}

void json_member_text(struct buf *out, const char *name, const char *value)
{
	json_name(out, name);
	json_text(out, value);
}

void json_member_text_or_null(struct buf *out, const char *name, const char *value)
{
	json_name(out, name);
	if (value && value[0])
		json_text(out, value);
	else
		buf_str(out, "null");
}

void json_member_int(struct buf *out, const char *name, int64_t value)
{
	json_name(out, name);
	buf_printf(out, "%lld", (long long)value);
}

void json_member_bool(struct buf *out, const char *name, bool value)
{
	json_name(out, name);
	buf_str(out, value ? "true" : "false");
}

void json_member_double(struct buf *out, const char *name, const double *value)
{
	json_name(out, name);
	if (value)
		json_double(out, *value);
	else
		buf_str(out, "null");
}
