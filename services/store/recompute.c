/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recompute.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "store/events_rows.h"
#include "store/facts.h"
#include "store/pool.h"
#include "store/recompute_read.h"
#include "store/recompute_write.h"
#include "store/row.h"
#include "store/rules_cache.h"
#include "store/standards_cache.h"

/* One county that is asked for. */
struct place {
	struct county_key key;
	bool locked;
	int64_t computed_version;
	bool knew_any;
	const char *unknown;        /* of the batch */
	char standard[STANDARD_ID]; /* "": no standard judges the period */
	int64_t standard_version;
	bool same_standard;  /* as judged it before */
	int64_t accepted_us; /* the oldest change that is not computed; 0: none */
};

struct recompute {
	struct store *store;
	struct conn *conn;  /* its transaction is open */
	struct batch begin; /* what it read */
	struct facts_rows rows;
	const struct rule_set *rules;
	int64_t now_us;   /* by the database's clock … */
	int64_t began_us; /* … when the monotonic one was there */
	bool patient;
	size_t n;
	struct place places[RECOMPUTE_MAX];
	size_t next; /* index of the place that is looked at next */
	struct recompute_input input;
	struct writing writing;
	bool written; /* the figures are, ahead of the commit */
	size_t judged_n;
	struct recomputed judged[RECOMPUTE_MAX];
};

static void input_release(struct recompute_input *in)
{
	store_facts_release(&in->facts);
	store_facts_release(&in->schools_before);
	standard_release(in->standard);
	memset(in, 0, offsetof(struct recompute_input, alerts));
}

/* What was read. */
static void forget(struct recompute *rc)
{
	facts_rows_release(&rc->rows);
	rules_release(rc->rules);
	rc->rules = NULL;
	batch_release(&rc->begin);
}

static void recompute_free(struct recompute *rc)
{
	if (!rc)
		return;
	input_release(&rc->input);
	writing_release(&rc->writing);
	forget(rc);
	if (rc->conn)
		store_give(rc->store, rc->conn); /* rolls back what was not committed */
	free(rc);
}

static inline void auto_recompute_release(struct recompute **rc)
{
	recompute_free(*rc);
}
#define auto_recompute AUTO(auto_recompute_release)

static enum err read_lock(struct recompute *rc, struct row *r, struct err_info *info)
{
	const int64_t nth = row_int(r);
	struct place *place;

	if (nth < 1 || nth > (int64_t)rc->n)
		return err_set(info, ERR_DB, "a county that nobody asked for");
	place = &rc->places[nth - 1];
	place->locked = true;
	place->computed_version = row_int(r);
	place->knew_any = row_bool(r);
	place->unknown = row_borrow(r);
	row_text_or(r, place->standard, sizeof(place->standard), "");
	place->standard_version = row_int_or(r, 0);
	place->same_standard = row_bool(r);
	place->accepted_us = row_int_or(r, 0);
	return row_end(r, info);
}

/* Whether a place is to be judged: there are facts of those that are behind. */
static bool is_behind(const struct recompute *rc, size_t i)
{
	const struct place *place = &rc->places[i];

	/* Where nobody judges: see behind_list. */
	return place->locked && place->standard[0] && facts_rows_any(&rc->rows, (int)i + 1);
}

static bool any_behind(const struct recompute *rc)
{
	for (size_t i = 0; i < rc->n; i++) {
		if (is_behind(rc, i))
			return true;
	}
	return false;
}

static enum err read_epoch(const PGresult *result, int64_t *ret_epoch, int64_t *ret_now_us,
			   struct err_info *info)
{
	struct row r = row_at(result, 0);

	*ret_epoch = row_int(&r);
	*ret_now_us = row_int(&r);
	return row_end(&r, info);
}

static enum err read_begin(struct recompute *rc, struct conn *c, struct err_info *info)
{
	const PGresult *locks = batch_result(&rc->begin, BEGIN_LOCK);
	enum err err = ERR_OK;
	int64_t epoch = 0;

	for (size_t i = 0; i < rc->n; i++)
		rc->places[i].locked = false;
	for (int i = 0; i < PQntuples(locks) && !err; i++) {
		struct row r = row_at(locks, i);

		err = read_lock(rc, &r, info);
	}
	if (!err)
		err = facts_rows_init(&rc->rows, batch_result(&rc->begin, BEGIN_FACTS), info);
	if (!err)
		err = read_epoch(batch_result(&rc->begin, BEGIN_EPOCH), &epoch, &rc->now_us, info);
	rc->began_us = time_monotonic_us();
	return err ? err : rules_load(rc->store, c, epoch, &rc->rules, info);
}

static enum err begin_work(struct conn *c, void *context, struct err_info *info)
{
	struct recompute *rc = context;
	struct array auto_array counties, auto_array periods;
	struct params keys, counties_only, lock, facts, before;
	enum err err;

	forget(rc); /* of an attempt before */
	array_init(&counties);
	array_init(&periods);
	for (size_t i = 0; i < rc->n; i++) {
		array_text(&counties, rc->places[i].key.county);
		array_text(&periods, rc->places[i].key.period);
	}
	params_init(&keys);
	params_text(&keys, array_end(&counties));
	params_text(&keys, array_end(&periods));
	if (!keys.value[0] || !keys.value[1])
		return err_set(info, ERR_NOMEM, "no memory for %zu counties", rc->n);
	counties_only = keys;
	counties_only.n = 1;
	lock = keys;
	params_bool(&lock, rc->patient);
	facts = keys;
	params_bool(&facts, false);
	before = keys;
	params_int(&before, FORECAST_POINTS_MAX - 1);
	params_init(&counties_only);
	params_text(&counties_only, keys.value[0]);
	batch_init(&rc->begin, c);
	batch_add(&rc->begin, QUERY_TXN_BEGIN, NULL);
	batch_add(&rc->begin, QUERY_RECOMPUTE_TURN, NULL);
	batch_add(&rc->begin, QUERY_RECOMPUTE_LOCK, &lock);
	batch_add(&rc->begin, QUERY_RECOMPUTE_FACTS, &facts);
	batch_add(&rc->begin, QUERY_RECOMPUTE_ALERTS, &counties_only);
	batch_add(&rc->begin, QUERY_RECOMPUTE_LATER, &keys);
	batch_add(&rc->begin, QUERY_RECOMPUTE_SILENT, &keys);
	batch_add(&rc->begin, QUERY_RECOMPUTE_BEFORE, &before);
	batch_add(&rc->begin, QUERY_RECOMPUTE_PLANS, &counties_only);
	batch_add(&rc->begin, QUERY_LEDGER_MEMORY, &counties_only);
	batch_add(&rc->begin, QUERY_RULE_EPOCH, NULL);
	err = batch_run(&rc->begin, info);
	return err ? err : read_begin(rc, c, info);
}

enum err store_recompute_begin(struct store *store, const struct county_key *keys, size_t n,
			       bool patient, struct recompute **ret_rc, struct err_info *info)
{
	struct recompute *auto_recompute rc = calloc(1, sizeof(*rc));
	enum err err;

	assert(n <= RECOMPUTE_MAX);
	if (!rc)
		return err_set(info, ERR_NOMEM, "no memory to compute %zu counties", n);
	rc->store = store;
	rc->patient = patient;
	rc->n = n;
	for (size_t i = 0; i < n; i++)
		rc->places[i].key = keys[i];
	writing_init(&rc->writing);
	err = store_run_keep(store, begin_work, rc, &rc->conn, info);
	if (err)
		return err;
	*ret_rc = any_behind(rc) ? STEAL(rc) : NULL;
	return ERR_OK;
}

enum err store_recompute_next(struct recompute *rc, const struct recompute_input **ret_input,
			      struct err_info *info)
{
	struct recompute_input *in = &rc->input;
	const struct place *place;
	enum err err;
	int nth;

	*ret_input = NULL;
	while (rc->next < rc->n && !is_behind(rc, rc->next))
		rc->next++;
	if (rc->next == rc->n)
		return ERR_OK;
	place = &rc->places[rc->next++];
	nth = (int)rc->next;
	input_release(in);
	in->computed_version = place->computed_version;
	in->knew_any = place->knew_any;
	in->unknown = place->unknown;
	in->now_us = rc->now_us;
	in->calendar = rules_calendar(rc->rules, place->key.county);
	in->same_standard = place->same_standard;
	err = standard_load(rc->store, rc->conn, place->standard, place->standard_version,
			    &in->standard, info);
	if (!err)
		err = facts_rows_read(rc->store, &rc->rows, nth, &place->key, in->standard,
				      &in->facts, info);
	in->rules_n = rules_in_force(rc->rules->items, rc->rules->n, place->key.county, in->rules);
	if (!err)
		err = recompute_read_memory(rc->store, &rc->begin, nth, in, info);
	if (!err)
		err = recompute_read_schools(rc->store, rc->conn, &place->key, in, info);
	if (!err)
		*ret_input = in;
	return err;
}

enum err store_recompute_judged(struct recompute *rc, const struct county_judgement *judgement,
				const char *items, const struct transition *transitions, size_t n,
				int64_t due_us, const struct ledger_moves *ledger,
				struct err_info *info)
{
	struct recomputed *done = &rc->judged[rc->judged_n++];

	str_copy(done->key.county, sizeof(done->key.county), rc->input.facts.county);
	str_copy(done->key.period, sizeof(done->key.period), rc->input.facts.period);
	done->version = rc->input.facts.version;
	done->verdict = judgement->verdict;
	done->age_us = rc->places[rc->next - 1].accepted_us; /* for now: see tell_ages() */
	ledger_columns_add(&rc->writing.ledger, &rc->input, ledger);
	return writing_add(&rc->writing, &rc->input, judgement, items, transitions, n, due_us,
			   info);
}

enum err store_recompute_silent(struct recompute *rc, const char *period,
				const struct transition *transitions, size_t n,
				struct err_info *info)
{
	struct county_key key;
	enum err err = ERR_OK;

	str_copy(key.county, sizeof(key.county), rc->input.facts.county);
	str_copy(key.period, sizeof(key.period), period);
	for (size_t i = 0; i < n && !err; i++)
		err = writing_add_alert(&rc->writing, &key, 0, &transitions[i], info);
	return err;
}

static struct recomputed *find_judged(struct recompute *rc, const struct county_key *key)
{
	for (size_t i = 0; i < rc->judged_n; i++) {
		if (str_equal(rc->judged[i].key.county, key->county) &&
		    str_equal(rc->judged[i].key.period, key->period))
			return &rc->judged[i];
	}
	return NULL;
}

/* Rows of recompute_county: what has changed while it was computed. */
static enum err read_computed(struct recompute *rc, const PGresult *result, struct err_info *info)
{
	if ((size_t)PQntuples(result) != rc->judged_n)
		return err_set(info, ERR_DB, "%d counties were written, not %zu", PQntuples(result),
			       rc->judged_n);
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		struct recomputed *done;
		struct county_key key;
		enum err err;
		bool behind;

		row_text(&r, key.county, sizeof(key.county));
		row_text(&r, key.period, sizeof(key.period));
		behind = row_bool(&r);
		err = row_end(&r, info);
		if (err)
			return err;
		done = find_judged(rc, &key);
		if (done)
			done->behind = behind;
	}
	return ERR_OK;
}

/* Of a batch, what has changed until it was committed: somebody who was told of a change and found
 * the county locked has left it to us. A failure is no more than a delay: the sweep finds them. */
static void look_behind(struct recompute *rc)
{
	struct batch auto_batch b = { .n = 0 };
	struct array auto_array counties, auto_array periods;
	struct params p;

	array_init(&counties);
	array_init(&periods);
	for (size_t i = 0; i < rc->judged_n; i++) {
		array_text(&counties, rc->judged[i].key.county);
		array_text(&periods, rc->judged[i].key.period);
	}
	params_init(&p);
	params_text(&p, array_end(&counties));
	params_text(&p, array_end(&periods));
	if (!p.value[0] || !p.value[1] ||
	    store_query(rc->conn, &b, QUERY_RECOMPUTE_BEHIND, &p, NULL))
		return;
	for (int i = 0; i < PQntuples(batch_result(&b, 0)); i++) {
		struct row r = row_at(batch_result(&b, 0), i);
		const int64_t nth = row_int(&r);

		if (nth >= 1 && nth <= (int64_t)rc->judged_n)
			rc->judged[nth - 1].behind = true;
	}
}

/* Of times of acceptance the ages at the commit, by the database's clock. */
static void tell_ages(struct recompute *rc)
{
	const int64_t now_us = rc->now_us + time_monotonic_us() - rc->began_us;

	for (size_t i = 0; i < rc->judged_n; i++) {
		const int64_t accepted_us = rc->judged[i].age_us;
		const int64_t age_us = now_us > accepted_us ? now_us - accepted_us : 0;

		rc->judged[i].age_us = accepted_us ? age_us : -1;
	}
}

bool store_recompute_tells(const struct recompute *rc)
{
	return rc->writing.told > 0;
}

enum err store_recompute_write(struct recompute *rc, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	enum err err;
	int county;

	if (!rc->judged_n)
		return ERR_OK;
	batch_init(&b, rc->conn);
	err = writing_figures(&rc->writing, &b, &county, info);
	if (!err)
		err = batch_run(&b, info);
	if (!err)
		err = read_computed(rc, batch_result(&b, county), info);
	rc->written = !err;
	return err;
}

static enum err commit_work(struct recompute *rc, struct event_list *ret_events,
			    struct err_info *info)
{
	struct event_list auto_events events = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	enum err err = ERR_OK;
	int county = 0, alerts;

	batch_init(&b, rc->conn);
	if (!rc->written)
		err = writing_figures(&rc->writing, &b, &county, info);
	alerts = b.n;
	if (!err)
		err = writing_alerts(&rc->writing, &b, info);
	if (err)
		return err;
	/* Figures that a crash takes are computed again; what the world is told must last. */
	if (!store_recompute_tells(rc))
		batch_add(&b, QUERY_TXN_LAZY, NULL);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (!err && !rc->written)
		err = read_computed(rc, batch_result(&b, county), info);
	if (!err && store_recompute_tells(rc))
		err = events_read(batch_result(&b, alerts), &events, info);
	if (err)
		return err;
	*ret_events = events;
	events = (struct event_list){ .n = 0 };
	return ERR_OK;
}

enum err store_recompute_commit(struct recompute *rc, struct event_list *ret_events,
				struct recomputed out[RECOMPUTE_MAX], size_t *ret_n,
				struct err_info *info)
{
	struct recompute *auto_recompute owned = rc;
	enum err err;

	*ret_n = 0;
	*ret_events = (struct event_list){ .n = 0 };
	if (!owned->judged_n)
		return ERR_OK; /* all of them are somebody else's by now */
	err = commit_work(owned, ret_events, info);
	if (err)
		return err;
	tell_ages(owned);
	if (!owned->patient)
		look_behind(owned);
	memcpy(out, owned->judged, owned->judged_n * sizeof(out[0]));
	*ret_n = owned->judged_n;
	return ERR_OK;
}

void store_recompute_abort(struct recompute *rc)
{
	recompute_free(rc);
}
