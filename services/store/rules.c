/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/match.h"
#include "store/pool.h"
#include "store/row.h"

void stored_rule_release(struct stored_rule *r)
{
	free(r->document);
	*r = (struct stored_rule){ .document = NULL };
}

void rule_list_release(struct rule_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		stored_rule_release(&list->items[i]);
	free(list->items);
	*list = (struct rule_list){ .items = NULL };
}

static enum err read_rule(const PGresult *result, int row, struct stored_rule *out,
			  struct err_info *info)
{
	struct row r = row_at(result, row);
	const char *document;
	enum err err;

	row_text(&r, out->region, sizeof(out->region));
	row_text(&r, out->id, sizeof(out->id));
	out->version = row_int(&r);
	row_text(&r, out->changed_at, sizeof(out->changed_at));
	document = row_borrow(&r);
	err = row_end(&r, info);
	if (err)
		return err;
	out->document = strdup(document);
	return out->document ? ERR_OK : err_set(info, ERR_NOMEM, "no memory for a rule");
}

/* --- reading ------------------------------------------------------------------------------- */

struct reading {
	const char *region;
	const char *id;
	struct stored_rule *out;
	struct rule_list *list;
};

static enum err no_rule(struct err_info *info)
{
	return err_set(info, ERR_NOT_FOUND, "该地区没有此规则 / the region has no such rule");
}

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	const struct reading *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct stored_rule auto_stored_rule rule = { .document = NULL };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, g->region);
	params_text(&p, g->id);
	err = store_query(c, &b, QUERY_RULE_GET, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return no_rule(info);
	err = read_rule(batch_result(&b, 0), 0, &rule, info);
	if (err)
		return err;
	*g->out = rule;
	rule = (struct stored_rule){ .document = NULL };
	return ERR_OK;
}

enum err store_rule_get(struct store *store, const char *region, const char *id,
			struct stored_rule *out, struct err_info *info)
{
	struct reading g = { .region = region, .id = id, .out = out };

	return store_run(store, get_work, &g, info);
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct reading *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct rule_list auto_rule_list list = { .items = NULL };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, g->region);
	err = store_query(c, &b, QUERY_RULE_LIST, &p, info);
	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu rules", list.n);
	for (size_t i = 0; i < list.n; i++) {
		err = read_rule(batch_result(&b, 0), (int)i, &list.items[i], info);
		if (err)
			return err;
	}
	*g->list = list;
	list = (struct rule_list){ .items = NULL };
	return ERR_OK;
}

enum err store_rule_list(struct store *store, const char *region, struct rule_list *out,
			 struct err_info *info)
{
	struct reading g = { .region = region, .list = out };

	return store_run(store, list_work, &g, info);
}

/* --- writing ------------------------------------------------------------------------------- */

struct change {
	const struct actor *actor;
	const char *region;
	const char *id;
	const char *document;
	int64_t match;
	struct write_result *out;
};

enum { CHANGE_BEGIN, CHANGE_TURN, CHANGE_WRITE };

static enum err read_change(const PGresult *result, const struct change *ch,
			    struct write_result *out, struct err_info *info)
{
	struct row r = row_at(result, 0);
	const int64_t stored = row_int_or(&r, 0);
	const int64_t made = row_int_or(&r, 0);
	const bool room = row_bool(&r);
	enum err err = row_end(&r, info);

	if (!err && !ch->document && !stored)
		return no_rule(info);
	if (!err)
		err = match_check(ch->match, stored, info);
	if (!err && !room)
		return err_set(info, ERR_CONFLICT,
			       "一个地区最多 %d 条规则,全部最多 %d 条 / a region has at most %d "
			       "rules, all together at most %d",
			       RULES_OF_REGION_MAX, RULES_MAX, RULES_OF_REGION_MAX, RULES_MAX);
	if (err)
		return err;
	*out = (struct write_result){ .created = !stored,
				      .changed = made != 0,
				      .version = made ? made : stored };
	return ERR_OK;
}

static enum err change_work(struct conn *c, void *context, struct err_info *info)
{
	const struct change *ch = context;
	struct write_result result = { .version = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p, region;
	enum err err;

	params_init(&p);
	params_text(&p, ch->region);
	params_text(&p, ch->id);
	params_int_or(&p, ch->actor->key, 0);
	params_int(&p, ch->match);
	params_text(&p, ch->document);
	params_int(&p, RULES_OF_REGION_MAX);
	params_int(&p, RULES_MAX);
	params_init(&region);
	params_text(&region, ch->region);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_STANDARD_TURN, NULL);
	batch_add(&b, QUERY_RULE_PUT, &p);
	err = batch_run(&b, info);
	if (!err)
		err = read_change(batch_result(&b, CHANGE_WRITE), ch, &result, info);
	/* What changed nothing is given up with its transaction. */
	if (!err && result.changed)
		err = store_finish(c, QUERY_RULE_TOUCH, &region, info);
	if (!err)
		*ch->out = result;
	return err;
}

enum err store_rule_put(struct store *store, const struct actor *actor, const char *region,
			const char *id, const char *document, int64_t match,
			struct write_result *out, struct err_info *info)
{
	struct change ch = { actor, region, id, document, match, out };

	return store_run(store, change_work, &ch, info);
}
