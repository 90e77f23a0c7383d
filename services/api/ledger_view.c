/* SPDX-License-Identifier: Apache-2.0 */
#include "api/ledger_view.h"

#include <string.h>

#include "api/access.h"
#include "base/str.h"
#include "json/write.h"

static void write_met(struct buf *out, const struct ledger_entry *e)
{
	json_name(out, "met");
	if (!e->met_period[0]) {
		buf_str(out, "null");
		return;
	}
	buf_str(out, "{");
	json_member_text(out, "period", e->met_period);
	json_member_int(out, "data_version", e->met_version);
	json_member_text(out, "at", e->met_at);
	buf_str(out, "}");
}

void ledger_view_write(struct buf *out, const struct ledger_entry *e)
{
	json_member_int(out, "id", e->id);
	json_member_text(out, "county", e->county);
	json_member_text_or_null(out, "name", e->name);
	json_member_text(out, "item", e->item);
	json_member_text(out, "state", ledger_state_names[e->state]);
	json_member_bool(out, "overdue", e->overdue);
	json_member_text(out, "period", e->period);
	json_member_int(out, "data_version", e->version);
	json_member_double(out, "value", e->has_value ? &e->value : NULL);
	json_member_double(out, "limit", e->has_limit ? &e->limit : NULL);
	json_name(out, "shortfall");
	buf_str(out, e->shortfall);
	write_met(out, e);
	json_member_text_or_null(out, "struck_off_at", e->struck_at);
	json_member_text_or_null(out, "department", e->department);
	json_member_text_or_null(out, "responsible", e->responsible);
	json_member_text_or_null(out, "deadline", e->deadline);
	json_name(out, "evidence");
	buf_str(out, e->evidence);
	json_member_text_or_null(out, "notes", e->notes);
	json_member_int(out, "version", e->revision);
	json_member_text(out, "opened_at", e->opened_at);
	json_member_text(out, "changed_at", e->changed_at);
}

/* --- what is asked for ----------------------------------------------------------------------- */

static enum err read_places(struct call *c, struct ledger_query *q, bool *ret_none)
{
	const char *county, *wide, *narrow;
	enum err e = call_region(c, &q->region);

	if (e == ERR_OK)
		e = call_county(c, &county);
	if (e != ERR_OK)
		return e;
	narrow = strlen(county) >= strlen(q->region) ? county : q->region;
	wide = narrow == county ? q->region : county;
	*ret_none = !str_starts(narrow, wide);
	q->region = narrow[0] ? narrow : access_prefix(&c->key);
	return ERR_OK;
}

static enum err read_state(struct call *c, struct ledger_query *q)
{
	enum ledger_state state;

	q->state = query_get(&c->query, "state");
	if (!q->state[0] || ledger_state_parse(q->state, &state))
		return ERR_OK;
	return err_set(
		&c->info, ERR_PARAMETER,
		"state 须为 open、returned、met、struck_off 或 withdrawn / state must be one "
		"of open, returned, met, struck_off and withdrawn");
}

static enum err read_item(struct call *c, struct ledger_query *q)
{
	struct explain_item item;

	q->item = query_get(&c->query, "item");
	if (q->item[0] && (!explain_item_parse(q->item, &item) || item.part == EXPLAIN_SCHOOLS))
		return err_set(&c->info, ERR_PARAMETER, "没有该项目 / no such item");
	return ERR_OK;
}

static enum err read_overdue(struct call *c, struct ledger_query *q)
{
	const char *text = query_get(&c->query, "overdue");

	if (text[0] && !str_equal(text, "true") && !str_equal(text, "false"))
		return err_set(&c->info, ERR_PARAMETER,
			       "overdue 须为 true 或 false / overdue must be true or false");
	q->overdue = !text[0] ? "" : text[0] == 't' ? "t" : "f";
	return ERR_OK;
}

static enum err read_department(struct call *c, struct ledger_query *q)
{
	q->department = query_get(&c->query, "department");
	if (str_is_text(q->department, strlen(q->department)))
		return ERR_OK;
	return err_set(&c->info, ERR_PARAMETER,
		       "department 须为 UTF-8 文字 / department must be text in UTF-8");
}

enum err ledger_view_query(struct call *c, struct ledger_query *q, bool *ret_none)
{
	enum err e = read_places(c, q, ret_none);

	if (e == ERR_OK)
		e = read_state(c, q);
	if (e == ERR_OK)
		e = read_item(c, q);
	if (e == ERR_OK)
		e = read_overdue(c, q);
	return e == ERR_OK ? read_department(c, q) : e;
}

enum err ledger_view_id(struct call *c, int64_t *ret_id)
{
	if (str_to_int64(call_path(c, "id"), ret_id) && *ret_id > 0)
		return ERR_OK;
	return err_set(&c->info, ERR_PARAMETER, "台账条目的编号有误 / that is no id of an entry");
}

enum err ledger_view_load(struct call *c, struct ledger_entry *out)
{
	int64_t id = 0;
	enum err e = ledger_view_id(c, &id);

	if (e == ERR_OK)
		e = store_ledger_get(c->api->store, id, out, &c->info);
	return e == ERR_OK ? access_region(&c->key, out->county, "", &c->info) : e;
}
