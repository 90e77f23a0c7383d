/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recompute.h"

#include <stdlib.h>

#include "base/str.h"
#include "store/events_rows.h"
#include "store/facts.h"
#include "store/pool.h"
#include "store/recompute_write.h"
#include "store/row.h"

struct recompute {
	struct store *store;
	struct conn *conn; /* its transaction is open */
	struct recompute_input input;
};

static void recompute_free(struct recompute *rc)
{
	if (!rc)
		return;
	store_facts_release(&rc->input.facts);
	if (rc->conn)
		store_give(rc->store, rc->conn); /* rolls back what was not committed */
	free(rc);
}

static inline void auto_recompute_release(struct recompute **rc)
{
	recompute_free(*rc);
}
#define auto_recompute AUTO(auto_recompute_release)

struct begin {
	const char *county;
	const char *period;
	struct recompute_input *input;
	bool behind;
};

/* Rows of item, open alert, its period, known later: of alerts and of figures. */
static enum err read_memory(const PGresult *result, struct item_memory items[ITEMS],
			    struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		const int at = item_find(row_borrow(&r));
		struct item_memory ignored;
		struct item_memory *m = at < 0 ? &ignored : &items[at];
		const int64_t alert = row_int(&r);
		char period[PERIOD_CODE];
		enum err err;

		row_text(&r, period, sizeof(period));
		if (alert) {
			m->alert = alert;
			str_copy(m->period, sizeof(m->period), period);
		}
		if (row_bool(&r))
			m->later_known = true;
		err = row_end(&r, info);
		if (err)
			return err;
	}
	return ERR_OK;
}

enum { BEGIN_TXN, BEGIN_LOCK, BEGIN_FACTS, BEGIN_MEMORY };

static enum err read_begin(const struct batch *b, struct begin *bg, struct err_info *info)
{
	struct recompute_input *in = bg->input;
	struct row lock = row_at(batch_result(b, BEGIN_LOCK), 0);
	bool stale;
	enum err err;

	bg->behind = false;
	if (!PQntuples(lock.result))
		return ERR_OK;
	in->computed_version = row_int(&lock);
	stale = row_bool(&lock);
	row_skip(&lock, 1);
	err = row_end(&lock, info);
	if (!err)
		err = facts_read(batch_result(b, BEGIN_FACTS), bg->county, bg->period, &in->facts,
				 info);
	if (!err)
		err = read_memory(batch_result(b, BEGIN_MEMORY), in->items, info);
	if (!err)
		bg->behind = stale || in->facts.version > in->computed_version;
	return err;
}

static enum err begin_work(struct conn *c, void *context, struct err_info *info)
{
	struct begin *bg = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	store_facts_release(&bg->input->facts); /* of an attempt before */
	facts_params(&p, bg->county, bg->period);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_RECOMPUTE_LOCK, &p);
	batch_add(&b, QUERY_FACTS_GET, &p);
	batch_add(&b, QUERY_RECOMPUTE_MEMORY, &p);
	err = batch_run(&b, info);
	return err ? err : read_begin(&b, bg, info);
}

enum err store_recompute_begin(struct store *store, const char *county, const char *period,
			       struct recompute **ret_rc, const struct recompute_input **ret_input,
			       struct err_info *info)
{
	struct recompute *auto_recompute rc = calloc(1, sizeof(*rc));
	struct begin bg = { .county = county, .period = period };
	enum err err;

	if (!rc)
		return err_set(info, ERR_NOMEM, "no memory to compute %s", county);
	rc->store = store;
	bg.input = &rc->input;
	err = store_standard_get(store, county, period, &rc->input.standard, info);
	if (err == ERR_NOT_FOUND) {
		*ret_rc = NULL; /* nobody judges that period: see behind_list */
		return ERR_OK;
	}
	if (!err)
		err = store_run_keep(store, begin_work, &bg, &rc->conn, info);
	if (err)
		return err;
	*ret_rc = NULL;
	if (bg.behind) {
		*ret_input = &rc->input;
		*ret_rc = STEAL(rc);
	}
	return ERR_OK;
}

enum { WRITE_COUNTY };

static enum err commit_work(struct recompute *rc, const struct county_judgement *judgement,
			    const struct transition *transitions, size_t n,
			    struct event_list *ret_events, bool *ret_behind, struct err_info *info)
{
	struct event_list auto_events events = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct row r;
	bool behind;
	int alerts;
	int told = 0;
	enum err err;

	batch_init(&b, rc->conn);
	err = write_figures(&b, &rc->input, judgement, info);
	alerts = b.n;
	if (!err)
		err = write_alerts(&b, &rc->input, transitions, n, &told, info);
	if (err)
		return err;
	/* Figures that a crash takes are computed again; what the world is told must last. */
	if (!told)
		batch_add(&b, QUERY_TXN_LAZY, NULL);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, WRITE_COUNTY), 0);
	behind = row_bool(&r);
	err = row_end(&r, info);
	if (!err && told)
		err = events_read(batch_result(&b, alerts), &events, info);
	if (err)
		return err;
	*ret_behind = behind;
	*ret_events = events;
	events = (struct event_list){ .n = 0 };
	return ERR_OK;
}

enum err store_recompute_commit(struct recompute *rc, const struct county_judgement *judgement,
				const struct transition *transitions, size_t n,
				struct event_list *ret_events, bool *ret_behind,
				struct err_info *info)
{
	struct recompute *auto_recompute owned = rc;

	return commit_work(owned, judgement, transitions, n, ret_events, ret_behind, info);
}

void store_recompute_abort(struct recompute *rc)
{
	recompute_free(rc);
}
