/* SPDX-License-Identifier: Apache-2.0 */
#include "store/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/match.h"
#include "store/pool.h"
#include "store/row.h"
#include "store/turn.h"

#define NONE_TEXT "没有该台账条目 / no such entry of the ledger"

void ledger_entry_release(struct ledger_entry *e)
{
	free(e->shortfall);
	free(e->evidence);
	e->shortfall = e->evidence = NULL;
}

void ledger_list_release(struct ledger_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		ledger_entry_release(&list->items[i]);
	free(list->items);
	*list = (struct ledger_list){ .n = 0 };
}

/* --- entries ------------------------------------------------------------------------------- */

static void read_people(struct row *r, struct ledger_entry *out)
{
	row_text_or(r, out->department, sizeof(out->department), "");
	row_text_or(r, out->responsible, sizeof(out->responsible), "");
	row_text_or(r, out->deadline, sizeof(out->deadline), "");
	out->evidence = strdup(row_borrow(r));
	row_text_or(r, out->notes, sizeof(out->notes), "");
	out->overdue = row_bool(r);
}

static enum err read_entry(const PGresult *result, int row, struct ledger_entry *out,
			   struct err_info *info)
{
	struct row r = row_at(result, row);
	char state[16];
	enum err err;

	out->id = row_int(&r);
	row_text(&r, out->county, sizeof(out->county));
	row_text(&r, out->name, sizeof(out->name));
	row_text(&r, out->item, sizeof(out->item));
	row_text(&r, state, sizeof(state));
	out->revision = row_int(&r);
	row_text(&r, out->period, sizeof(out->period));
	out->version = row_int(&r);
	out->value = row_double(&r, &out->has_value);
	out->limit = row_double(&r, &out->has_limit);
	out->shortfall = strdup(row_borrow(&r));
	row_text_or(&r, out->met_period, sizeof(out->met_period), "");
	out->met_version = row_int_or(&r, 0);
	row_text_or(&r, out->met_at, sizeof(out->met_at), "");
	row_text_or(&r, out->struck_at, sizeof(out->struck_at), "");
	read_people(&r, out);
	row_text(&r, out->opened_at, sizeof(out->opened_at));
	row_text(&r, out->changed_at, sizeof(out->changed_at));
	err = row_end(&r, info);
	if (!err && !ledger_state_parse(state, &out->state))
		err = err_set(info, ERR_DB, "no such state of an entry: %s", state);
	if (!err && (!out->shortfall || !out->evidence))
		err = err_set(info, ERR_NOMEM, "no memory for an entry");
	return err;
}

struct list {
	struct params params;
	struct ledger_list *out;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	struct list *l = context;
	struct batch auto_batch b = { .n = 0 };
	struct ledger_list auto_ledger_list list = { .n = 0 };
	enum err err = store_query(c, &b, QUERY_LEDGER_LIST, &l->params, info);

	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items) {
		list.n = 0;
		return err_set(info, ERR_NOMEM, "no memory for the entries");
	}
	for (size_t i = 0; i < list.n && !err; i++)
		err = read_entry(batch_result(&b, 0), (int)i, &list.items[i], info);
	if (err)
		return err;
	*l->out = list;
	list = (struct ledger_list){ .n = 0 };
	return ERR_OK;
}

enum err store_ledger_list(struct store *store, const struct ledger_query *query,
			   struct ledger_list *out, struct err_info *info)
{
	struct list l = { .out = out };

	params_init(&l.params);
	params_int(&l.params, query->after);
	params_int(&l.params, query->limit);
	params_text(&l.params, query->region);
	params_text(&l.params, query->state);
	params_text(&l.params, query->item);
	params_text(&l.params, query->department);
	params_text(&l.params, query->overdue);
	return store_run(store, list_work, &l, info);
}

struct get {
	int64_t id;
	struct ledger_entry *out;
};

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	struct get *g = context;
	struct ledger_entry auto_ledger_entry entry = { .id = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_int(&p, g->id);
	err = store_query(c, &b, QUERY_LEDGER_GET, &p, info);
	if (!err && !PQntuples(batch_result(&b, 0)))
		err = err_set(info, ERR_NOT_FOUND, NONE_TEXT);
	if (!err)
		err = read_entry(batch_result(&b, 0), 0, &entry, info);
	if (err)
		return err;
	*g->out = entry;
	entry.shortfall = entry.evidence = NULL;
	return ERR_OK;
}

enum err store_ledger_get(struct store *store, int64_t id, struct ledger_entry *out,
			  struct err_info *info)
{
	struct get g = { id, out };

	return store_run(store, get_work, &g, info);
}

/* --- what people do ------------------------------------------------------------------------- */

struct change {
	const struct actor *actor;
	int64_t id;
	const struct ledger_change *what;
	struct write_result *out;
};

enum { CHANGE_BEGIN, CHANGE_TURN, CHANGE_LOCK, CHANGE_WRITE };

static void change_params(const struct change *ch, const char *states, struct params *p)
{
	const enum ledger_state after = ledger_after(ch->what->action);

	params_init(p);
	params_int(p, ch->id);
	params_int_or(p, ch->actor->key, 0);
	params_int(p, ch->what->match);
	params_text(p, states);
	params_text(p, ledger_action_names[ch->what->action]);
	params_text(p, after == LEDGER_NONE ? NULL : ledger_state_names[after]);
	params_text(p, ch->what->document);
	params_text_or(p, ch->what->note, "");
}

static enum err read_change(const struct change *ch, const PGresult *result,
			    struct write_result *ret_done, struct err_info *info)
{
	struct write_result out = { .created = false };
	struct row r = row_at(result, 0);
	enum ledger_state state = LEDGER_NONE;
	int64_t stored, made;
	char name[16];
	enum err err;

	if (!PQntuples(result))
		return err_set(info, ERR_NOT_FOUND, NONE_TEXT);
	row_text(&r, out.county, sizeof(out.county));
	stored = row_int(&r);
	row_text(&r, name, sizeof(name));
	made = row_int_or(&r, 0);
	err = row_end(&r, info);
	if (!err)
		err = match_check(ch->what->match, stored, info);
	if (err)
		return err;
	if (!ledger_state_parse(name, &state) || !ledger_may(ch->what->action, state))
		return err_set(
			info, ERR_CONFLICT,
			"条目现为 %s (%s),不能这样处理 / the entry is %s: that cannot be done "
			"to it",
			ledger_state_zh[state], name, name);
	out.changed = made != 0;
	out.version = made ? made : stored;
	*ret_done = out;
	return ERR_OK;
}

static enum err change_work(struct conn *c, void *context, struct err_info *info)
{
	const struct change *ch = context;
	struct write_result done = { .created = false };
	struct array auto_array states;
	struct batch auto_batch b = { .n = 0 };
	struct batch auto_batch commit = { .n = 0 };
	struct params id, turn, p;
	enum err err, left;

	array_init(&states);
	for (int i = LEDGER_NONE + 1; i < LEDGER_STATES; i++) {
		if (ledger_may(ch->what->action, (enum ledger_state)i))
			array_text(&states, ledger_state_names[i]);
	}
	params_init(&id);
	params_int(&id, ch->id);
	turn = id;
	params_text(&turn, ch->what->document);
	change_params(ch, array_end(&states), &p);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_LEDGER_TURN, &turn);
	batch_add(&b, QUERY_LEDGER_LOCK, &id);
	batch_add(&b, QUERY_LEDGER_CHANGE, &p);
	err = batch_run(&b, info);
	if (err)
		return err;
	err = read_change(ch, batch_result(&b, CHANGE_WRITE), &done, info);
	left = !err && done.changed
		       ? store_query(c, &commit, QUERY_TXN_COMMIT, NULL, info)
		       : turn_leave(c, QUERY_LEDGER_OVERTAKEN, ch->id, err ? NULL : info);
	if (!err)
		err = left;
	if (!err)
		*ch->out = done;
	return err;
}

enum err store_ledger_change(struct store *store, const struct actor *actor, int64_t id,
			     const struct ledger_change *change, struct write_result *out,
			     struct err_info *info)
{
	struct change ch = { actor, id, change, out };

	return store_run(store, change_work, &ch, info);
}
