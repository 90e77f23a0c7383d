/* SPDX-License-Identifier: Apache-2.0 */
#include "api/standard_resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
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

/* What it may not do to the one that it is based on. */
static enum err check_base(const struct standard *s, const struct standard_document *document,
			   struct problems *problems, struct err_info *info)
{
	auto_free struct standard *base = calloc(1, sizeof(*base));
	struct standard_finding finding;
	enum err e;

	if (!base)
		return ERR_NOMEM;
	if (!region_covers(document->region, s->region, "")) {
		problems_add(problems, "/base", "not_allowed",
			     "标准 %s 只适用于地区 %s / standard %s is for the region %s only",
			     document->id, document->region, document->id, document->region);
		return ERR_INVALID;
	}
	e = json_parse_standard(document->resolved, strlen(document->resolved), base, info);
	if (e != ERR_OK)
		return e == ERR_MALFORMED ? ERR_DB : e;
	if (standard_is_stricter(s, base, &finding))
		return ERR_OK;
	problems_add(problems, finding.pointer, finding.code, "%s", finding.text);
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
	return base ? check_base(out, base, problems, info) : ERR_OK;
}
