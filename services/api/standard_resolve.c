/* SPDX-License-Identifier: Apache-2.0 */
#include "api/standard_resolve.h"

#include "base/str.h"
#include "domain/school.h"
#include "json/documents.h"

struct standard_document *standard_listed(const struct standard_documents *list, const char *id)
{
	for (size_t i = 0; i < list->n; i++) {
		if (str_equal(list->items[i].id, id))
			return &list->items[i];
	}
	return NULL;
}

/* The base by name, NULL for "". Its own bases up to the first are looked at, too. */
static enum err find_base(const struct standard_documents *list, const char *id, const char *name,
			  const struct standard_document **ret_base, struct problems *problems)
{
	const struct standard_document *base = NULL;
	int depth = 1;

	for (; name[0]; name = standard_listed(list, name)->base) {
		if (str_equal(name, id)) {
			problems_add(problems, "/base", "cycle",
				     "不能以自己为基础 / it would be based on itself");
			return ERR_INVALID;
		}
		if (!standard_listed(list, name)) {
			problems_add(problems, "/base", "unknown_standard",
				     "没有现行标准 %s / no standard %s is in force", name, name);
			return ERR_INVALID;
		}
		if (++depth > STANDARD_DEPTH) {
			problems_add(problems, "/base", "too_deep",
				     "最多 %d 层 / at most %d standards on one another",
				     STANDARD_DEPTH, STANDARD_DEPTH);
			return ERR_INVALID;
		}
		base = base ? base : standard_listed(list, name);
	}
	*ret_base = base;
	return ERR_OK;
}

/* A county of it is one of its base, too. */
static enum err check_region(const struct standard *s, const struct standard_document *base,
			     struct problems *problems)
{
	if (!base || region_covers(base->region, s->region, ""))
		return ERR_OK;
	problems_add(problems, "/base", "not_allowed",
		     "标准 %s 只适用于地区 %s / standard %s is for the region %s only", base->id,
		     base->region, base->id, base->region);
	return ERR_INVALID;
}

enum err standard_resolve(const struct standard_documents *list, const char *id,
			  const char *document, size_t len, struct buf *ret_resolved,
			  struct standard *out, struct problems *problems, struct err_info *info)
{
	const struct standard_document *base = NULL;
	char name[STANDARD_ID];
	enum err e = json_standard_base(document, len, name, problems, info);

	if (e == ERR_OK)
		e = find_base(list, id, name, &base, problems);
	if (e == ERR_OK)
		e = json_resolve_standard(document, len, base ? base->resolved : NULL, ret_resolved,
					  out, problems, info);
	if (e != ERR_OK)
		return e;
	str_copy(out->id, sizeof(out->id), id);
	str_copy(out->base, sizeof(out->base), name);
	out->version = 0;
	return check_region(out, base, problems);
}
