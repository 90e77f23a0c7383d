/* SPDX-License-Identifier: Apache-2.0 */
/* A school, as the school directory keeps it. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "json/documents.h"
#include "json/reader.h"
#include "json/trees.h"
#include "json/write.h"

#define NAME_CHARS   40
#define FOUNDED_MAX  2100
#define SPONSORS_MAX 10

static void not_allowed(struct reader *r, const char *en)
{
	reader_problem(r, "not_allowed", "不在取值范围内 / must be %s", en);
}

static void read_name(struct reader *r, const json_t *value, struct school *out)
{
	(void)reader_text(r, value, NAME_CHARS, out->name, sizeof(out->name));
}

static void read_county(struct reader *r, const json_t *value, struct school *out)
{
	(void)reader_digits(r, value, COUNTY_CODE - 1, out->county);
}

static void read_parent(struct reader *r, const json_t *value, struct school *out)
{
	(void)reader_digits(r, value, SCHOOL_CODE - 1, out->parent);
}

static void read_kind(struct reader *r, const json_t *value, struct school *out)
{
	char text[8];

	if (!reader_text(r, value, sizeof(text) - 1, text, sizeof(text)))
		return;
	if (kind_find(text))
		str_copy(out->kind, sizeof(out->kind), text);
	else
		not_allowed(r, "a code of a school kind, such as \"211\" or \"312\"");
}

static void read_locale(struct reader *r, const json_t *value, struct school *out)
{
	char text[8];

	if (!reader_text(r, value, sizeof(text) - 1, text, sizeof(text)))
		return;
	if (locale_is_known(text))
		str_copy(out->locale, sizeof(out->locale), text);
	else
		not_allowed(r, "one of 111 112 121 122 123 210 220");
}

static void read_sponsor(struct reader *r, const json_t *value, struct school *out)
{
	char text[8];
	int64_t n = 0;

	if (!reader_text(r, value, sizeof(text) - 1, text, sizeof(text)))
		return;
	if (text[0] != '0' && str_to_int64(text, &n) && n >= 1 && n <= SPONSORS_MAX)
		out->sponsor = (int)n;
	else
		not_allowed(r, "\"1\" to \"10\"");
}

static void read_founded(struct reader *r, const json_t *value, struct school *out)
{
	int64_t year = 0;

	if (!reader_count(r, value, FOUNDED_MAX, &year))
		return;
	if (year == 0)
		not_allowed(r, "a year");
	else
		out->founded = (int)year;
}

static void read_boarding(struct reader *r, const json_t *value, struct school *out)
{
	(void)reader_bool(r, value, &out->boarding);
}

static void read_dense_centre(struct reader *r, const json_t *value, struct school *out)
{
	(void)reader_bool(r, value, &out->dense_centre);
}

static void read_closed(struct reader *r, const json_t *value, struct school *out)
{
	(void)reader_bool(r, value, &out->closed);
}

static const struct member {
	const char *name;
	bool required;
	void (*read)(struct reader *r, const json_t *value, struct school *out);
} members[] = {
	{ "name", true, read_name },          { "county", true, read_county },
	{ "kind", true, read_kind },          { "locale", true, read_locale },
	{ "sponsor", true, read_sponsor },    { "founded", false, read_founded },
	{ "boarding", false, read_boarding }, { "dense_centre", false, read_dense_centre },
	{ "closed", false, read_closed },     { "parent", false, read_parent },
};

static const struct member *member_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (str_equal(members[i].name, name))
			return &members[i];
	}
	return NULL;
}

static void read_members(struct reader *r, json_t *root, struct school *out)
{
	const char *key;
	json_t *value;

	json_object_foreach(root, key, value)
	{
		const struct member *m = member_find(key);
		size_t mark;

		if (!m) {
			reader_unknown(r, key);
			continue;
		}
		mark = reader_enter(r, key);
		m->read(r, value, out);
		reader_leave(r, mark);
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (members[i].required && !json_object_get(root, members[i].name))
			reader_missing(r, members[i].name);
	}
}

enum err school_from_tree(struct reader *r, json_t *root, struct school *out)
{
	struct school school;
	enum err e;

	memset(&school, 0, sizeof(school));
	read_members(r, root, &school);
	if ((e = reader_result(r)) != ERR_OK)
		return e;
	memcpy(school.code, out->code, sizeof(school.code));
	*out = school;
	return ERR_OK;
}

enum err json_read_school(const char *body, size_t len, struct school *out,
			  struct problems *problems, struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	return root ? school_from_tree(&r, root, out) : e;
}

void json_write_school(const struct school *s, struct buf *out)
{
	json_member_text(out, "name", s->name);
	json_member_text(out, "county", s->county);
	json_member_text(out, "kind", s->kind);
	json_member_text(out, "locale", s->locale);
	json_name(out, "sponsor");
	buf_printf(out, "\"%d\"", s->sponsor);
	if (s->founded) {
		json_member_int(out, "founded", s->founded);
	}
	json_member_bool(out, "boarding", s->boarding);
	json_member_bool(out, "dense_centre", s->dense_centre);
	json_member_bool(out, "closed", s->closed);
	if (s->parent[0])
		json_member_text(out, "parent", s->parent);
}
