/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

static const struct {
	int http;
	const char *slug;
	const char *text;
} errors[] = {
#define ERR(code, http, slug, text) { http, slug, text },
#include "base/err.def"
#undef ERR
};

int err_http(enum err code)
{
	return errors[code].http;
}

const char *err_slug(enum err code)
{
	return errors[code].slug;
}

const char *err_text(enum err code)
{
	return errors[code].text;
}

static void fill(struct err_info *info, enum err code, const char *pointer, const char *reason,
		 const char *fmt, va_list args)
{
	info->code = code;
	str_copy(info->pointer, sizeof(info->pointer), pointer);
	str_copy(info->reason, sizeof(info->reason), reason);
	if (vsnprintf(info->text, sizeof(info->text), fmt, args) >= (int)sizeof(info->text))
		str_trim_utf8(info->text);
}

enum err err_set(struct err_info *info, enum err code, const char *fmt, ...)
{
	va_list args;

	if (!info)
		return code;
	va_start(args, fmt);
	fill(info, code, "", "", fmt, args);
	va_end(args);
	return code;
}

enum err err_at(struct err_info *info, enum err code, const char *pointer, const char *reason,
		const char *fmt, ...)
{
	va_list args;

	if (!info)
		return code;
	va_start(args, fmt);
	fill(info, code, pointer, reason, fmt, args);
	va_end(args);
	return code;
}
