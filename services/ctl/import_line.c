/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_line.h"

#include <jansson.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"

#define ID_BYTES 31

static const struct type {
	const char *name;
	const char *word; /* what a line of the type has in it */
	const char *method;
	const char *collection;
	const char *id; /* the member that ends the path, or NULL */
} types[] = {
	{ "standard", "\"standard\"", "PUT", "standards", "id" },
	{ "plan", "\"plan\"", "PUT", "plans", "county" },
	{ "publication", "\"publication\"", "POST", "publications", NULL },
};

static const struct type *find_type(const json_t *line)
{
	const char *name = json_string_value(json_object_get(line, "type"));

	for (size_t i = 0; name && i < ARRAY_LEN(types); i++) {
		if (str_equal(types[i].name, name))
			return &types[i];
	}
	return NULL;
}

bool import_line_is_single(const char *text, size_t len)
{
	bool maybe = false;

	/* Most lines are rows: they are not parsed here. */
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		maybe = maybe || strstr(text, types[i].word);
	if (!maybe)
		return false;

	json_auto_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

	return line && find_type(line);
}

/* Letters, digits and hyphens only: it goes into the path as it is. */
static bool is_id(const char *text)
{
	const size_t len = text ? strlen(text) : 0;

	return len > 0 && len <= ID_BYTES &&
	       strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") ==
		       len;
}

static enum err take_id(json_t *line, const struct type *type, char path[IMPORT_PATH],
			struct err_info *info)
{
	const size_t len = strlen(path);
	const char *id;

	if (!type->id)
		return ERR_OK;
	id = json_string_value(json_object_get(line, type->id));
	if (!is_id(id))
		return err_at(info, ERR_INVALID, "", "bad_format",
			      "/%s: 缺少或有误 / missing or wrong", type->id);
	snprintf(path + len, IMPORT_PATH - len, "/%s", id);
	json_object_del(line, type->id);
	return ERR_OK;
}

enum err import_line_read(const char *text, size_t len, struct import_line *out,
			  struct err_info *info)
{
	json_auto_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	const struct type *type = find_type(line);
	struct import_line read = { .body = NULL };
	enum err e;

	if (!type)
		return err_set(info, ERR_INVALID, "%s", err_text(ERR_INVALID));
	read.method = type->method;
	read.publishes = !type->id;
	snprintf(read.path, sizeof(read.path), "/v1/%s", type->collection);
	e = take_id(line, type, read.path, info);
	if (e != ERR_OK)
		return e;
	json_object_del(line, "type");
	/* A standard is kept as it is sent: 15 digits give its few decimals as they were written.
	 */
	read.body = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (!read.body)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	read.len = strlen(read.body);
	*out = read;
	return ERR_OK;
}
