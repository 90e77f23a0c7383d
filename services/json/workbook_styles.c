/* SPDX-License-Identifier: Apache-2.0 */
#include "json/workbook_styles.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/workbook_xml.h"

enum element { ROOT = 1, CODES, CODE, FORMATS, FORMAT };

static const struct xml_rule rules[] = {
	{ XML_TOP, "styleSheet", ROOT }, { ROOT, "numFmts", CODES }, { CODES, "numFmt", CODE },
	{ ROOT, "cellXfs", FORMATS },    { FORMATS, "xf", FORMAT },
};

/* Number formats that every program knows and that are dates or times (ECMA-376, 18.8.30), those of
 * Chinese programs included. */
static const struct {
	int64_t first, last;
	enum shown shown;
} known[] = { { 9, 10, SHOWN_AS_PERCENT },
	      { 14, 22, SHOWN_AS_DATE },
	      { 27, 36, SHOWN_AS_DATE },
	      { 45, 47, SHOWN_AS_DATE },
	      { 50, 58, SHOWN_AS_DATE } };

/* --- number formats ------------------------------------------------------------------------- */

/* How many bytes here are no instruction: a text, a colour, a condition or a language. */
static size_t aside(const char *code)
{
	const char *end;

	switch (*code) {
	case '"':
		end = strchr(code + 1, '"');
		return end ? (size_t)(end - code) + 1 : strlen(code);
	case '[':
		/* "[h]" is hours, beyond a day. */
		if (code[1] && strchr("hHmMsS", code[1]) && (code[2] == ']' || code[2] == code[1]))
			return 0;
		end = strchr(code + 1, ']');
		return end ? (size_t)(end - code) + 1 : strlen(code);
	case '\\':
	case '!': /* as Chinese programs write it */
	case '_':
	case '*':
		return code[1] ? 2 : 1;
	default:
		return 0;
	}
}

/* A comma behind the digits of a section, or before their point, divides by a thousand; one among
 * them groups. */
static bool scales(const char *code)
{
	bool digits = false, pending = false;

	for (; *code && !(pending && strchr(".;", *code)); code++) {
		const size_t skip = aside(code);

		if (skip)
			code += skip - 1;
		else if (strchr("0#?", *code))
			digits = true, pending = false;
		else if (*code == ',')
			pending = digits;
		else if (*code == ';')
			digits = false;
	}
	return pending;
}

enum shown format_shows(const char *code)
{
	const bool scaled = scales(code);
	bool dates = false, seconds = false, digits = false, percent = false;

	while (*code && *code != ';') {
		const size_t skip = aside(code);
		const char c = (char)tolower((unsigned char)*code);

		code += skip ? skip : 1;
		if (skip)
			continue;
		dates = dates || strchr("ymdhs", c);
		seconds = seconds || c == 's';
		digits = digits || strchr("0#?", c);
		percent = percent || c == '%';
	}
	/* "ss.000" has digits; of "0.0m" the m is no month. */
	if (dates && (!digits || seconds))
		return SHOWN_AS_DATE;
	if (scaled)
		return SHOWN_SCALED;
	return percent ? SHOWN_AS_PERCENT : SHOWN_PLAIN;
}

/* --- the part --------------------------------------------------------------------------------- */

static int64_t id_of(const char **attrs)
{
	const char *text = xml_attr(attrs, "numFmtId");
	int64_t id = -1;

	return text && str_to_int64(text, &id) ? id : -1;
}

static enum err too_many(struct err_info *info)
{
	return err_at(
		info, ERR_TOO_BIG, "", "too_large",
		"工作簿的单元格格式超过 %d 种,或日期、百分比格式超过 %d 种 / the workbook has more "
		"than %d cell formats, or %d formats of dates and percentages",
		STYLES_FORMATS, STYLES_CODES, STYLES_FORMATS, STYLES_CODES);
}

static enum err add_code(struct styles *s, const char **attrs, struct err_info *info)
{
	const char *code = xml_attr(attrs, "formatCode");
	const enum shown shown = code ? format_shows(code) : SHOWN_PLAIN;

	if (shown == SHOWN_PLAIN)
		return ERR_OK;
	if (s->codes == STYLES_CODES)
		return too_many(info);
	s->code[s->codes].id = id_of(attrs);
	s->code[s->codes++].shown = shown;
	return ERR_OK;
}

static enum shown shown_by(const struct styles *s, int64_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (id >= known[i].first && id <= known[i].last)
			return known[i].shown;
	}
	for (size_t i = 0; i < s->codes; i++) {
		if (s->code[i].id == id)
			return s->code[i].shown;
	}
	return SHOWN_PLAIN;
}

static enum err add_format(struct styles *s, const char **attrs, struct err_info *info)
{
	if (s->n == STYLES_FORMATS)
		return too_many(info);
	if (s->n == s->room) {
		const size_t room = s->room ? 2 * s->room : 64;
		enum shown *more = realloc(s->shown, room * sizeof(*more));

		if (!more)
			return ERR_NOMEM;
		s->shown = more;
		s->room = room;
	}
	s->shown[s->n++] = shown_by(s, id_of(attrs));
	return ERR_OK;
}

/* Number formats come before the cell formats that use them. */
static enum err on_start(void *context, int element, const char **attrs, struct err_info *info)
{
	if (element == CODE)
		return add_code(context, attrs, info);
	return element == FORMAT ? add_format(context, attrs, info) : ERR_OK;
}

enum err styles_read(struct styles *s, struct package *p, int64_t part, struct err_info *info)
{
	static const struct xml_reader reader = {
		.what = "styles",
		.namespaces = xml_spreadsheet,
		.rules = rules,
		.n = ARRAY_LEN(rules),
		.start = on_start,
	};

	return xml_read(p, part, &reader, s, info);
}

void styles_release(struct styles *s)
{
	free(s->shown);
	s->shown = NULL;
	s->n = 0;
}

enum shown styles_show(const struct styles *s, const char *number)
{
	int64_t i;

	return str_to_int64(number, &i) && i >= 0 && (size_t)i < s->n ? s->shown[i] : SHOWN_PLAIN;
}
