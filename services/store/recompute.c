/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recompute.h"

#include <stdlib.h>

#include "base/str.h"
#include "store/events_rows.h"
#include "store/facts.h"
#include "store/pool.h"
#include "store/recompute_write.h"
#include "store/row.h"
#include "store/standards_cache.h"

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
	standard_release(rc->input.standard);
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
	struct store *store;
	const char *county;
	const char *period;
	struct recompute_input *input;
	bool behind;
};

/* An open alert: of an item's memory, or of what the standard of the alert's own period has no
 * longer. The standard of another period says nothing of it. */
static void remember_alert(struct recompute_input *in, int at, const char *item, const char *rule,
			   int64_t alert, const char *period)
{
	struct orphan *orphan = &in->orphans[in->orphans_n];

	if (at >= 0 && str_equal(item_alert_rule(in->standard, (size_t)at), rule)) {
		in->items[at].alert = alert;
		str_copy(in->items[at].period, sizeof(in->items[at].period), period);
	} else if (str_equal(period, in->facts.period) && in->orphans_n < ORPHANS_MAX) {
		orphan->alert = alert;
		str_copy(orphan->item, sizeof(orphan->item), item);
		str_copy(orphan->rule, sizeof(orphan->rule), rule);
		in->orphans_n++;
	}
}

/* Rows of item, rule, open alert, its period, known later: of alerts and of figures. */
static enum err read_memory(const PGresult *result, struct recompute_input *in,
			    struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		char item[ITEM_NAME], rule[16], period[PERIOD_CODE];
		int64_t alert;
		bool later_known;
		enum err err;
		int at;

		row_text(&r, item, sizeof(item));
		row_text(&r, rule, sizeof(rule));
		alert = row_int(&r);
		row_text(&r, period, sizeof(period));
		later_known = row_bool(&r);
		err = row_end(&r, info);
		if (err)
			return err;
		at = item_find(in->standard, item);
		if (alert)
			remember_alert(in, at, item, rule, alert, period);
		else if (at >= 0)
			in->items[at].later_known = later_known;
	}
	return ERR_OK;
}

enum { BEGIN_TXN, BEGIN_TURN, BEGIN_LOCK, BEGIN_STANDARD, BEGIN_FACTS, BEGIN_MEMORY };

static enum err read_begin(struct conn *c, const struct batch *b, struct begin *bg,
			   struct err_info *info)
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
		err = standard_chosen(bg->store, c, batch_result(b, BEGIN_STANDARD), &in->standard,
				      info);
	if (err || !in->standard)
		return err; /* nobody judges that period: see behind_list */
	err = facts_read(bg->store, batch_result(b, BEGIN_FACTS), bg->county, bg->period,
			 in->standard, &in->facts, info);
	if (!err)
		err = read_memory(batch_result(b, BEGIN_MEMORY), in, info);
	if (!err)
		bg->behind = stale || in->facts.version > in->computed_version;
	return err;
}

/* Of an attempt before. */
static void forget(struct recompute_input *in)
{
	store_facts_release(&in->facts);
	standard_release(in->standard);
	*in = (struct recompute_input){ .standard = NULL };
}

static enum err begin_work(struct conn *c, void *context, struct err_info *info)
{
	struct begin *bg = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p, turn;
	enum err err;

	forget(bg->input);
	facts_params(&p, bg->county, bg->period);
	params_init(&turn);
	params_text(&turn, bg->county);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_RECOMPUTE_TURN, &turn);
	batch_add(&b, QUERY_RECOMPUTE_LOCK, &p);
	batch_add(&b, QUERY_STANDARD_FOR, &p);
	batch_add(&b, QUERY_FACTS_GET, &p);
	batch_add(&b, QUERY_RECOMPUTE_MEMORY, &p);
	err = batch_run(&b, info);
	return err ? err : read_begin(c, &b, bg, info);
}

enum err store_recompute_begin(struct store *store, const char *county, const char *period,
			       struct recompute **ret_rc, const struct recompute_input **ret_input,
			       struct err_info *info)
{
	struct recompute *auto_recompute rc = calloc(1, sizeof(*rc));
	struct begin bg = { .store = store, .county = county, .period = period };
	enum err err;

	if (!rc)
		return err_set(info, ERR_NOMEM, "no memory to compute %s", county);
	rc->store = store;
	bg.input = &rc->input;
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

enum { WRITE_EARLIER, WRITE_COUNTY };

static enum err commit_work(struct recompute *rc, const struct county_judgement *judgement,
			    const char *items, const struct transition *transitions, size_t n,
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
	err = write_figures(&b, &rc->input, judgement, items, info);
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
				const char *items, const struct transition *transitions, size_t n,
				struct event_list *ret_events, bool *ret_behind,
				struct err_info *info)
{
	struct recompute *auto_recompute owned = rc;

	return commit_work(owned, judgement, items, transitions, n, ret_events, ret_behind, info);
}

void store_recompute_abort(struct recompute *rc)
{
	recompute_free(rc);
}
