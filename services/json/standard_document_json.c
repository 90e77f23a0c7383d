/* SPDX-License-Identifier: Apache-2.0 */
/* Standards as documents: stored ones, and new ones laid over what they are based on. */
#include <string.h>

#include "base/str.h"
#include "json/documents.h"
#include "json/merge_patch.h"
#include "json/standard_reader.h"

/* Never taken from the base: they say what this document is. */
static const char *const own_members[] = {
	"base", "title", "source", "region", "valid_from", "valid_to",
};

enum err json_standard_base(const char *document, size_t len, char out[STANDARD_ID],
			    struct problems *problems, struct err_info *info)
{
	auto_json json_t *root = NULL;
	char base[STANDARD_ID] = "";
	struct reader r;
	json_t *value;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, document, len, &root, info);
	if (!root)
		return e;
	value = json_object_get(root, "base");
	if (value) {
		const size_t mark = reader_enter(&r, "base");

		standard_read_id(&r, value, base);
		reader_leave(&r, mark);
	}
	e = reader_result(&r);
	if (e == ERR_OK)
		str_copy(out, STANDARD_ID, base);
	return e;
}

enum err json_parse_standard(const char *text, size_t len, struct standard *out,
			     struct err_info *info)
{
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	struct standard *auto_free s = calloc(1, sizeof(*s));
	auto_json json_t *root = NULL;
	struct reader r;
	enum err e;

	if (!problems || !s)
		return ERR_NOMEM;
	reader_init(&r, problems);
	e = reader_load(&r, text, len, &root, info);
	if (e == ERR_OK)
		e = standard_read(&r, root, s);
	if (e == ERR_INVALID)
		return err_set(info, ERR_MALFORMED, "%s: %s", problems->items[0].pointer,
			       problems->items[0].detail);
	if (e == ERR_OK)
		*out = *s;
	return e;
}

/* G16 is the nation's to add: what a province adds has a name of its own. */
static void check_names(struct reader *r, const json_t *document, const json_t *base)
{
	const json_t *known = json_object_get(base, "items");
	json_t *items = json_object_get(document, "items");
	const size_t top = reader_enter(r, "items");
	const char *key;
	json_t *value;

	json_object_foreach(items, key, value)
	{
		const size_t mark = reader_enter(r, key);

		if (is_item_name(key) && item_group_of(key) != GROUP_OWN && !json_is_null(value) &&
		    !json_object_get(known, key))
			reader_problem(r, "not_allowed",
				       "G、Q、S、V 加数字是国家项目的名称 / G, Q, S or V with a "
				       "number names an item of the nation");
		reader_leave(r, mark);
	}
	reader_leave(r, top);
}

/* The document over what it is based on. */
static enum err lay_over(struct reader *r, json_t *document, const char *base_resolved,
			 json_t **ret_whole, struct err_info *info)
{
	auto_json json_t *base = NULL;

	if (!base_resolved) {
		*ret_whole = json_incref(document);
		return ERR_OK;
	}
	base = json_loads(base_resolved, 0, NULL);
	if (!base)
		return err_set(info, ERR_MALFORMED, "the base is no JSON");
	check_names(r, document, base);
	for (size_t i = 0; i < ARRAY_LEN(own_members); i++) {
		if (json_object_get(base, own_members[i]))
			json_object_del(base, own_members[i]);
	}
	return merge_patch(base, document, ret_whole);
}

/* A province asks for more than the nation, never for less. */
static enum err check_stricter(struct reader *r, const struct standard *s,
			       const char *base_resolved, struct err_info *info)
{
	struct standard *auto_free base = calloc(1, sizeof(*base));
	struct standard_finding finding;
	enum err e;

	if (!base)
		return ERR_NOMEM;
	e = json_parse_standard(base_resolved, strlen(base_resolved), base, info);
	if (e != ERR_OK)
		return e;
	str_copy(base->id, sizeof(base->id), s->base);
	if (standard_is_stricter(s, base, &finding))
		return ERR_OK;
	problems_add(r->problems, finding.pointer, finding.code, "%s", finding.text);
	return ERR_INVALID;
}

static enum err write_resolved(const json_t *whole, struct buf *out)
{
	auto_free char *text = json_dumps(whole, JSON_COMPACT | JSON_REAL_PRECISION(15));

	if (!text)
		return ERR_NOMEM;
	buf_str(out, text);
	return buf_failed(out) ? out->err : ERR_OK;
}

enum err json_resolve_standard(const char *document, size_t len, const char *base_resolved,
			       struct buf *ret_resolved, struct standard *out,
			       struct problems *problems, struct err_info *info)
{
	struct standard *auto_free s = calloc(1, sizeof(*s));
	auto_json json_t *root = NULL, *whole = NULL;
	struct reader r;
	enum err e;

	if (!s)
		return ERR_NOMEM;
	reader_init(&r, problems);
	e = reader_load(&r, document, len, &root, info);
	if (!root)
		return e;
	e = lay_over(&r, root, base_resolved, &whole, info);
	if (e == ERR_OK)
		e = standard_read(&r, whole, s);
	/* By itself a region's standard would be compared with nothing. */
	if (e == ERR_OK && s->region[0] && !base_resolved) {
		reader_missing(&r, "base");
		e = ERR_INVALID;
	}
	if (e == ERR_OK && base_resolved)
		e = check_stricter(&r, s, base_resolved, info);
	if (e == ERR_OK)
		e = write_resolved(whole, ret_resolved);
	if (e == ERR_OK)
		*out = *s;
	return e;
}
