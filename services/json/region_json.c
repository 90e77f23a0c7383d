/* SPDX-License-Identifier: Apache-2.0 */
/* Regions: { "name", "targets"? }. */
#include <string.h>

#include "base/str.h"
#include "json/documents.h"
#include "json/reader.h"
#include "json/write.h"

#define NAME_CHARS 40

static void read_targets(struct reader *r, const json_t *value, struct region_document *out)
{
	/* 15 digits: what a person wrote comes back as written, 0.7 and not 0.69…96. */
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(15);
	size_t len;

	if (!reader_is_object(r, value))
		return;
	len = json_dumpb(value, out->targets, sizeof(out->targets) - 1, flags);
	if (len == 0 || len > sizeof(out->targets) - 1) {
		reader_problem(r, "too_long", "最多 %zu 字节 / at most %zu bytes",
			       sizeof(out->targets) - 1, sizeof(out->targets) - 1);
		return;
	}
	out->targets[len] = '\0';
}

static void read_member(struct reader *r, const char *key, const json_t *value,
			struct region_document *out)
{
	const size_t mark = reader_enter(r, key);

	if (str_equal(key, "name"))
		(void)reader_text(r, value, NAME_CHARS, out->name, sizeof(out->name));
	else if (str_equal(key, "targets"))
		read_targets(r, value, out);
	else
		reader_problem(r, "unknown_field", "没有此字段 / no such field");
	reader_leave(r, mark);
}

enum err json_read_region(const char *body, size_t len, struct region_document *out,
			  struct problems *problems, struct err_info *info)
{
	struct region_document document = { .name = "", .targets = "{}" };
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
	if (!json_object_get(root, "name"))
		reader_missing(&r, "name");
	if ((e = reader_result(&r)) != ERR_OK)
		return e;
	*out = document;
	return ERR_OK;
}

void json_write_region(const struct region_document *r, struct buf *out)
{
	json_name(out, "name");
	json_text(out, r->name);
	json_name(out, "targets");
	buf_str(out, r->targets);
}
