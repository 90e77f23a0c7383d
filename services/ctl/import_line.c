/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_line.h"

#include <jansson.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"

#define CODE_BYTES 16
#define ID_BYTES   31 /* of a standard */

static const struct type {
	const char *name;
	const char *collection;
	const char *first;  /* members that make the path, in its order; without any, the … */
	const char *second; /* … line is posted */
	size_t longest;     /* of each */
	enum import_group group; /* the first of its groups */
} types[] = {
	{ "region", "regions", "code", NULL, CODE_BYTES, IMPORT_PROVINCE },
	{ "standard", "standards", "id", NULL, ID_BYTES, IMPORT_STANDARD },
	{ "school", "schools", "code", NULL, CODE_BYTES, IMPORT_SCHOOL },
	{ "report", "reports", "period", "school", CODE_BYTES, IMPORT_REPORT },
	{ "county_report", "county-reports", "period", "county", CODE_BYTES, IMPORT_REPORT },
	{ "plan", "plans", "county", NULL, CODE_BYTES, IMPORT_REPORT },
	{ "publication", "publications", NULL, NULL, 0, IMPORT_PUBLICATION },
};

/* Letters, digits and hyphens only: it goes into the path as it is. */
static bool is_code(const char *text, size_t longest)
{
	const size_t len = strlen(text);

	return len > 0 && len <= longest &&
	       strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") ==
		       len;
}

static const struct type *find_type(const json_t *line)
{
	const char *name = json_string_value(json_object_get(line, "type"));

	for (size_t i = 0; name && i < ARRAY_LEN(types); i++) {
		if (str_equal(types[i].name, name))
			return &types[i];
	}
	return NULL;
}

static enum import_group group_of(const struct type *type, const json_t *line)
{
	const char *parent = json_string_value(json_object_get(line, "parent"));
	const char *code = json_string_value(json_object_get(line, "code"));

	if (type->group == IMPORT_PROVINCE && code) {
		const size_t len = strlen(code);

		return len <= 2 ? IMPORT_PROVINCE : len <= 4 ? IMPORT_PREFECTURE : IMPORT_COUNTY;
	}
	if (type->group == IMPORT_SCHOOL && parent && *parent)
		return IMPORT_CAMPUS;
	return type->group;
}

/* The code of a member, checked; NULL when it is none. */
static const char *code_of(const json_t *line, const char *member, size_t longest)
{
	const char *code = json_string_value(json_object_get(line, member));

	return code && is_code(code, longest) ? code : NULL;
}

/* Adds "/" and a member to the path, and takes it out of the line. */
static enum err add_to_path(json_t *line, const struct type *type, const char *member,
			    char path[IMPORT_PATH], struct err_info *info)
{
	const size_t len = strlen(path);
	const char *code;

	if (!member)
		return ERR_OK;
	code = code_of(line, member, type->longest);
	if (!code)
		return err_at(info, ERR_INVALID, "", "bad_format",
			      "/%s: 缺少或有误 / missing or wrong", member);
	snprintf(path + len, IMPORT_PATH - len, "/%s", code);
	json_object_del(line, member);
	return ERR_OK;
}

static enum err read_object(json_t *line, struct import_line *out, struct err_info *info)
{
	const struct type *type = find_type(line);
	struct import_line read = { .body = NULL };
	enum err e;

	if (!type)
		return err_at(info, ERR_INVALID, "/type", "not_allowed",
			      "须为 region、standard、school、report、county_report、plan 或 "
			      "publication / must be region, standard, school, report, "
			      "county_report, plan or publication");
	read.group = group_of(type, line);
	read.method = type->first ? "PUT" : "POST";
	snprintf(read.path, sizeof(read.path), "/v1/%s", type->collection);
	e = add_to_path(line, type, type->first, read.path, info);
	if (e == ERR_OK)
		e = add_to_path(line, type, type->second, read.path, info);
	if (e != ERR_OK)
		return e;
	json_object_del(line, "type");
	/* 17 digits: every double survives, and the service reads the same number. A standard is
	 * kept as it is sent: 15 give its few decimals as they were written. */
	read.body = json_dumps(line, JSON_COMPACT | (type->group == IMPORT_STANDARD
							     ? JSON_REAL_PRECISION(15)
							     : JSON_REAL_PRECISION(17)));
	if (!read.body)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	read.len = strlen(read.body);
	*out = read;
	return ERR_OK;
}

enum err import_line_read(const char *text, size_t len, struct import_line *out,
			  struct err_info *info)
{
	json_error_t error;
	json_auto_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	if (!line)
		return err_set(info, ERR_MALFORMED, "不是有效的 JSON / not valid JSON: %s",
			       error.text);
	if (!json_is_object(line))
		return err_set(info, ERR_MALFORMED, "不是 JSON 对象 / not a JSON object");
	return read_object(line, out, info);
}
