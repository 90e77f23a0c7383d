/* SPDX-License-Identifier: Apache-2.0 */
/* Silences: by region, item and rule, for a while, nobody is told but those above their author to
 * whom an alert has gone up. */
#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "base/str.h"
#include "store/alert_actions.h"
#include "json/alert_json.h"
#include "json/write.h"

static void write_silence(struct buf *out, const struct silence *s)
{
	buf_str(out, "{");
	json_member_int(out, "id", s->id);
	json_member_text(out, "region", s->region);
	json_name(out, "items");
	buf_str(out, s->items);
	json_name(out, "rules");
	buf_str(out, s->rules);
	json_member_text(out, "reason", s->reason);
	json_member_text(out, "author", s->author);
	json_member_text(out, "author_region", s->author_region);
	json_member_text(out, "created_at", s->created_at);
	json_member_text_or_null(out, "until", s->until);
	json_member_text_or_null(out, "ended_at", s->ended_at);
	json_member_bool(out, "active", s->active);
	buf_str(out, "}");
}

static enum err read_active(struct call *c, bool *ret_active)
{
	const char *text = query_get(&c->query, "active");

	*ret_active = str_equal(text, "true");
	if (text[0] && !*ret_active && !str_equal(text, "false"))
		return err_set(&c->info, ERR_PARAMETER,
			       "active 须为 true 或 false / active is true or false");
	return ERR_OK;
}

enum err silences_list(struct call *c)
{
	auto_silences struct silence_list list = { .items = NULL };
	struct buf *out = &c->rp->body;
	const char *region;
	bool active = false;
	int64_t after = 0;
	int limit = 0;
	enum err e = call_region(c, &region);
	size_t n;

	if (e == ERR_OK)
		e = read_active(c, &active);
	if (e == ERR_OK)
		e = page_limit(c, &limit);
	if (e == ERR_OK)
		e = page_cursor_number(c, &after);
	if (e == ERR_OK)
		e = store_silence_list(c->api->store, region[0] ? region : access_prefix(&c->key),
				       active, after, limit + 1, &list, &c->info);
	if (e != ERR_OK)
		return e;
	n = list.n <= (size_t)limit ? list.n : (size_t)limit;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		write_silence(out, &list.items[i]);
	}
	page_end_number(c, n < list.n, n ? list.items[n - 1].id : 0);
	return ERR_OK;
}

/* The one in the path. */
static enum err find_silence(struct call *c, int64_t *ret_id, struct silence_list *out)
{
	if (!str_to_int64(call_path(c, "id"), ret_id))
		return ERR_PARAMETER;
	return store_silence_get(c->api->store, *ret_id, out, &c->info);
}

enum err silence_get(struct call *c)
{
	auto_silences struct silence_list list = { .items = NULL };
	int64_t id;
	enum err e = find_silence(c, &id, &list);

	/* One of a region above holds back what the key would be told. */
	if (e == ERR_OK)
		e = access_holds(&c->key, list.items[0].region, &c->info);
	if (e == ERR_OK)
		write_silence(&c->rp->body, &list.items[0]);
	return e;
}

static enum err answer(struct call *c, int64_t id)
{
	auto_silences struct silence_list list = { .items = NULL };
	const enum err e = store_silence_get(c->api->store, id, &list, &c->info);

	if (e == ERR_OK)
		write_silence(&c->rp->body, &list.items[0]);
	return e;
}

enum err silence_post(struct call *c)
{
	struct silence_document says;
	struct silence_put put;
	char who[CALL_WHO];
	int64_t id = 0;
	int64_t now_us = 0;
	enum err e = store_now(c->api->store, &now_us, &c->info);

	if (e == ERR_OK)
		e = json_read_silence(c->rq->body, c->rq->body_len, now_us, &says, &c->problems,
				      &c->info);
	if (e == ERR_OK)
		e = access_region(&c->key, says.region, "", &c->info);
	if (e != ERR_OK)
		return e;
	put = (struct silence_put){ .region = says.region,
				    .items = says.items,
				    .items_n = says.items_n,
				    .rules = says.rules,
				    .rules_n = says.rules_n,
				    .reason = says.reason,
				    .author = call_who(c, who),
				    .author_region = access_prefix(&c->key),
				    .until = says.until };
	e = store_silence_put(c->api->store, &put, &id, &c->info);
	c->rp->status = 201;
	return e == ERR_OK ? answer(c, id) : e;
}

enum err silence_delete(struct call *c)
{
	auto_silences struct silence_list list = { .items = NULL };
	int64_t id;
	enum err e = find_silence(c, &id, &list);

	if (e == ERR_OK)
		e = access_silence(&c->key, list.items[0].author_region, &c->info);
	if (e == ERR_OK)
		e = store_silence_end(c->api->store, id, &c->info);
	return e == ERR_OK ? answer(c, id) : e;
}
