/* SPDX-License-Identifier: Apache-2.0 */
/* The rectification ledger: its entries, and what people add to them. */
#include <stdlib.h>

#include "api/handlers.h"
#include "api/ledger_view.h"
#include "api/page.h"
#include "api/patch.h"
#include "base/str.h"
#include "json/ledger_json.h"
#include "json/write.h"

#define PAGE_BYTES  (REPLY_BYTES_MAX / 2) /* behind which a page ends, whatever its limit */
#define HISTORY_MAX 500                   /* transitions that an entry tells, the latest */

/* --- reading ------------------------------------------------------------------------------ */

enum err ledger_list(struct call *c)
{
	auto_ledger_list struct ledger_list list = { .n = 0 };
	struct ledger_query q = { .after = 0 };
	struct buf *out = &c->rp->body;
	bool none = false;
	enum err e = ledger_view_query(c, &q, &none);
	size_t n, most;

	if (e == ERR_OK)
		e = page_limit(c, &q.limit);
	if (e == ERR_OK)
		e = page_cursor_number(c, &q.after);
	/* One more than asked for tells whether there is a next page. */
	q.limit++;
	if (e == ERR_OK && !none)
		e = store_ledger_list(c->api->store, &q, &list, &c->info);
	if (e != ERR_OK)
		return e;
	most = list.n < (size_t)q.limit ? list.n : (size_t)q.limit - 1;
	buf_str(out, "{\"items\":[");
	for (n = 0; n < most && out->len < PAGE_BYTES; n++) {
		buf_str(out, n ? ",{" : "{");
		ledger_view_write(out, &list.items[n]);
		buf_str(out, "}");
	}
	page_end_number(c, n < list.n && n, n ? list.items[n - 1].id : 0);
	return ERR_OK;
}

static void write_event(struct buf *out, const struct ledger_event *e)
{
	buf_str(out, "{");
	json_member_int(out, "version", e->revision);
	json_member_text(out, "at", e->at);
	json_member_text(out, "action", e->action);
	json_name(out, "by");
	if (e->key) {
		buf_str(out, "{");
		json_member_int(out, "key", e->key);
		json_member_text_or_null(out, "label", e->label);
		buf_str(out, "}");
	} else {
		buf_str(out, "null");
	}
	json_member_text(out, "period", e->period);
	json_member_int(out, "data_version", e->version);
	json_member_double(out, "value", e->has_value ? &e->value : NULL);
	json_member_double(out, "limit", e->has_limit ? &e->limit : NULL);
	json_member_text_or_null(out, "note", e->note);
	json_name(out, "changes");
	buf_str(out, e->changes ? e->changes : "null");
	buf_str(out, "}");
}

enum err ledger_get(struct call *c)
{
	auto_ledger_entry struct ledger_entry entry = { .id = 0 };
	auto_ledger_events struct ledger_events events = { .n = 0 };
	struct buf *out = &c->rp->body;
	enum err e = ledger_view_load(c, &entry);
	size_t n;

	if (e == ERR_OK)
		e = store_ledger_history(c->api->store, entry.id, HISTORY_MAX + 1, &events,
					 &c->info);
	if (e != ERR_OK)
		return e;
	n = events.n <= HISTORY_MAX ? events.n : HISTORY_MAX;
	buf_str(out, "{");
	ledger_view_write(out, &entry);
	json_name(out, "history");
	buf_str(out, "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		write_event(out, &events.items[i]);
	}
	buf_str(out, "]");
	json_member_bool(out, "history_more", n < events.n);
	buf_str(out, "}");
	/* Figures, and whether it is late, change without the entry's version: the tag tells both.
	 */
	reply_etag_version_body(c->rp, entry.revision);
	return ERR_OK;
}

/* --- writing ------------------------------------------------------------------------------ */

static enum err change(struct call *c, const struct ledger_entry *entry,
		       const struct ledger_change *what)
{
	const struct actor actor = call_actor(c);
	const enum ledger_state after = ledger_after(what->action);
	struct buf *out = &c->rp->body;
	struct write_result result;
	const enum err e =
		store_ledger_change(c->api->store, &actor, entry->id, what, &result, &c->info);

	if (e != ERR_OK)
		return e;
	buf_str(out, "{");
	json_member_int(out, "id", entry->id);
	json_member_text(out, "county", entry->county);
	json_member_int(out, "version", result.version);
	json_member_bool(out, "changed", result.changed);
	if (after != LEDGER_NONE)
		json_member_text(out, "state", ledger_state_names[after]);
	buf_str(out, "}");
	call_written(c, &result);
	return ERR_OK;
}

/* Reads, patches and writes back what was read; ERR_PRECONDITION when it changed meanwhile. */
static enum err patch_once(struct call *c)
{
	auto_ledger_entry struct ledger_entry entry = { .id = 0 };
	auto_buf struct buf text;
	struct ledger_change what = { .action = LEDGER_EDITED, .note = "" };
	struct ledger_people people;
	enum err e = ledger_view_load(c, &entry);

	buf_init(&text, LEDGER_PEOPLE_BYTES);
	if (e != ERR_OK)
		return e;
	if (c->match >= 0 && c->match != entry.revision)
		return ERR_PRECONDITION;
	people = (struct ledger_people){ entry.department, entry.responsible, entry.deadline,
					 entry.evidence, entry.notes };
	e = json_patch_ledger(&people, c->rq->body, c->rq->body_len, &text, &c->problems, &c->info);
	if (e != ERR_OK)
		return e;
	what.document = text.data;
	what.match = entry.revision;
	return change(c, &entry, &what);
}

enum err ledger_patch(struct call *c)
{
	return patch_retry(c, patch_once);
}

static enum err act(struct call *c, enum ledger_action action, const char *name, bool needed)
{
	auto_ledger_entry struct ledger_entry entry = { .id = 0 };
	char note[LEDGER_NOTE] = "";
	const struct ledger_change what = { .action = action, .note = note, .match = c->match };
	enum err e = ledger_view_load(c, &entry);

	if (e == ERR_OK)
		e = json_read_ledger_note(c->rq->body, c->rq->body_len, name, needed, note,
					  &c->problems, &c->info);
	return e == ERR_OK ? change(c, &entry, &what) : e;
}

enum err ledger_confirm(struct call *c)
{
	return act(c, LEDGER_CONFIRMED, "note", false);
}

enum err ledger_reopen(struct call *c)
{
	return act(c, LEDGER_RETURNS, "reason", true);
}
