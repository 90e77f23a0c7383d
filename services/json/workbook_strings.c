/* SPDX-License-Identifier: Apache-2.0 */
#include "json/workbook_strings.h"

#include <string.h>

#include "json/workbook_text.h"
#include "json/workbook_xml.h"

#define TOO_LONG UINT32_MAX /* in place of where it begins */

enum element { SST = 1, ITEM, RUN, TEXT };

/* rPh, how a text is pronounced, is not among them: it is no part of the text. */
static const struct xml_rule rules[] = {
	{ XML_TOP, "sst", SST }, { SST, "si", ITEM }, { ITEM, "t", TEXT },
	{ ITEM, "r", RUN },      { RUN, "t", TEXT },
};

void strings_init(struct strings *s)
{
	*s = (struct strings){ 0 };
	buf_init(&s->text, WORKBOOK_STRINGS);
}

void strings_release(struct strings *s)
{
	buf_release(&s->text);
	free(s->at);
	s->at = NULL;
	s->n = 0;
}

static enum err too_many(struct err_info *info)
{
	return err_at(info, ERR_TOO_BIG, "", "too_large",
		      "工作簿的文本超过 %u MiB 或 %u 条 / the workbook has more than %u MiB of "
		      "texts, or more than %u of them",
		      WORKBOOK_STRINGS >> 20, WORKBOOK_STRINGS_N, WORKBOOK_STRINGS >> 20,
		      WORKBOOK_STRINGS_N);
}

static enum err add(struct strings *s, struct err_info *info)
{
	if (s->n == WORKBOOK_STRINGS_N)
		return too_many(info);
	if (s->n == s->room) {
		const size_t room = s->room ? 2 * s->room : 256;
		uint32_t *at = realloc(s->at, room * sizeof(*at));

		if (!at)
			return ERR_NOMEM;
		s->at = at;
		s->room = room;
	}
	s->at[s->n++] = (uint32_t)s->text.len;
	s->too_long = false;
	return ERR_OK;
}

static enum err on_start(void *context, int element, const char **attrs, struct err_info *info)
{
	(void)attrs;
	return element == ITEM ? add(context, info) : ERR_OK;
}

static enum err on_text(void *context, int element, const char *text, size_t len,
			struct err_info *info)
{
	struct strings *s = context;

	if (element != TEXT || s->too_long)
		return ERR_OK;
	if (s->text.len + len - s->at[s->n - 1] > WORKBOOK_TEXT) {
		s->too_long = true;
		return ERR_OK;
	}
	buf_add(&s->text, text, len);
	return s->text.err == ERR_TOO_BIG ? too_many(info) : s->text.err;
}

static enum err on_end(void *context, int element, struct err_info *info)
{
	struct strings *s = context;
	size_t from;

	if (element != ITEM)
		return ERR_OK;
	from = s->at[s->n - 1];
	if (s->too_long) {
		s->text.len = from;
		s->at[s->n - 1] = TOO_LONG;
		return ERR_OK;
	}
	if (s->text.len > from)
		s->text.len = from + text_unescape(s->text.data + from, s->text.len - from);
	buf_add(&s->text, "", 1);
	return s->text.err == ERR_TOO_BIG ? too_many(info) : s->text.err;
}

enum err strings_read(struct strings *s, struct package *p, int64_t part, struct err_info *info)
{
	static const struct xml_reader reader = {
		.what = "sharedStrings",
		.namespaces = xml_spreadsheet,
		.rules = rules,
		.n = ARRAY_LEN(rules),
		.start = on_start,
		.end = on_end,
		.text = on_text,
	};

	return xml_read(p, part, &reader, s, info);
}

bool strings_get(const struct strings *s, size_t i, struct sheet_cell *out)
{
	if (i >= s->n)
		return false;
	if (s->at[i] == TOO_LONG) {
		*out = (struct sheet_cell){ SHEET_LONG, "", 0 };
		return true;
	}
	out->text = s->text.data + s->at[i];
	out->len = strlen(out->text);
	out->kind = out->len ? SHEET_TEXT : SHEET_EMPTY;
	return true;
}
