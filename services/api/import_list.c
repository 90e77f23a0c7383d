/* SPDX-License-Identifier: Apache-2.0 */
/* The imports of a key's region, the newest first. */
#include <stdio.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/import_view.h"
#include "api/page.h"
#include "base/str.h"
#include "store/import_list.h"
#include "json/write.h"

static enum err read_state(struct call *c, const char **ret_state)
{
	static const char *const states[] = { "",     "receiving", "queued",   "running",
					      "done", "failed",    "cancelled" };
	const char *state = query_get(&c->query, "state");

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (str_equal(state, states[i])) {
			*ret_state = state;
			return ERR_OK;
		}
	}
	return err_set(&c->info, ERR_PARAMETER, "state 的取值有误 / no such state");
}

static enum err read_query(struct call *c, struct import_query *q)
{
	const char *key = query_get(&c->query, "key");
	enum err e = read_state(c, &q->state);

	if (e == ERR_OK)
		e = page_limit(c, &q->limit);
	if (e == ERR_OK)
		e = page_cursor_number(c, &q->before);
	if (e != ERR_OK)
		return e;
	if (key[0] && (!str_to_int64(key, &q->key) || q->key < 1))
		return err_set(&c->info, ERR_PARAMETER,
			       "key 须为密钥的编号 / key must be the number of an API key");
	return ERR_OK;
}

static void write_entry(struct buf *out, const struct import_entry *entry)
{
	import_write_head(&entry->job, out);
	json_member_text(out, "region", entry->job.region);
	json_name(out, "key");
	if (entry->job.key)
		buf_printf(out, "%lld", (long long)entry->job.key);
	else
		buf_str(out, "null");
	json_member_text(out, "made_at", entry->made_at);
	json_member_text_or_null(out, "ended_at", entry->ended_at);
	buf_str(out, "}");
}

enum err imports_list(struct call *c)
{
	auto_import_list struct import_list list = { .items = NULL };
	struct import_query q = { .region = access_prefix(&c->key), .before = INT64_MAX };
	struct buf *out = &c->rp->body;
	enum err e = read_query(c, &q);
	size_t n;

	if (e != ERR_OK)
		return e;
	/* One more than asked for tells whether there is a next page. */
	q.limit++;
	e = store_import_list(c->api->store, &q, &list, &c->info);
	if (e != ERR_OK)
		return e;
	n = list.n < (size_t)q.limit ? list.n : (size_t)q.limit - 1;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		write_entry(out, &list.items[i]);
	}
	page_end_number(c, n < list.n && n, n ? list.items[n - 1].job.id : 0);
	return ERR_OK;
}
