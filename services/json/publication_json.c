/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be published: { "region", "period", "title"?, "note"?, "allow_behind"? }. */
#include <string.h>

#include "base/str.h"
#include "json/documents.h"
#include "json/reader.h"

static void read_region(struct reader *r, const json_t *value, char out[COUNTY_CODE])
{
	const char *s = json_string_value(value);

	if (s && (str_is_digits(s, 2) || str_is_digits(s, 4)))
		str_copy(out, COUNTY_CODE, s);
	else
		reader_problem(r, s ? "bad_format" : "wrong_type",
			       "须为省(2 位)或市(4 位)代码 / must be the code of a province (2 "
			       "digits) or a prefecture (4)");
}

static void read_member(struct reader *r, const char *key, const json_t *value,
			struct publication_document *out)
{
	const size_t mark = reader_enter(r, key);

	if (str_equal(key, "region"))
		read_region(r, value, out->region);
	else if (str_equal(key, "period"))
		(void)reader_year(r, value, out->period);
	else if (str_equal(key, "title"))
		(void)reader_text(r, value, PUBLICATION_TITLE_CHARS_MAX, out->title,
				  sizeof(out->title));
	else if (str_equal(key, "note"))
		(void)reader_text(r, value, PUBLICATION_NOTE_CHARS_MAX, out->note,
				  sizeof(out->note));
	else if (str_equal(key, "allow_behind"))
		(void)reader_bool(r, value, &out->allow_behind);
	else
		reader_problem(r, "unknown_field", "没有此字段 / no such field");
	reader_leave(r, mark);
}

enum err json_read_publication(const char *body, size_t len, struct publication_document *out,
			       struct problems *problems, struct err_info *info)
{
	struct publication_document document = { .allow_behind = false };
	auto_json json_t *root = NULL;
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
		read_member(&r, key, value, &document);
	}
	if (!json_object_get(root, "region"))
		reader_missing(&r, "region");
	if (!json_object_get(root, "period"))
		reader_missing(&r, "period");
	if ((e = reader_result(&r)) != ERR_OK)
		return e;
	*out = document;
	return ERR_OK;
}
