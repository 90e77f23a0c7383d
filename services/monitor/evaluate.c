/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/evaluate.h"

#include <stdlib.h>

#include "base/metrics.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "domain/ledger.h"
#include "domain/merged.h"
#include "monitor/alerting.h"
#include "monitor/schools.h"
#include "monitor/silent.h"
#include "json/items.h"
#include "json/shortfall.h"

/* What the items of a county lack, at most. */
#define LEDGER_TEXTS ((size_t)ITEMS_MAX * SHORTFALL_BYTES)

struct workspace {
	struct merge_index index;
	struct county_judgement judged;
	struct transition transitions[TRANSITIONS_MAX];
	struct school_lists schools;
	struct entry_standing entries[ITEMS_MAX];
	struct ledger_moves ledger;
	struct silent_year silent;
};

void telling_init(struct telling *t)
{
	pthread_mutex_init(&t->lock, NULL);
	t->last = 0;
}

void telling_release(struct telling *t)
{
	pthread_mutex_destroy(&t->lock);
}

enum err evaluator_init(struct evaluator *ev, struct store *store, struct telling *telling)
{
	*ev = (struct evaluator){ .store = store, .telling = telling };
	ev->workspace = calloc(1, sizeof(*ev->workspace));
	if (!ev->workspace)
		return ERR_NOMEM;
	buf_init(&ev->workspace->ledger.texts, LEDGER_TEXTS);
	return ERR_OK;
}

void evaluator_release(struct evaluator *ev)
{
	free(ev->records);
	if (ev->workspace)
		buf_release(&ev->workspace->ledger.texts);
	free(ev->workspace);
	*ev = (struct evaluator){ .store = NULL };
}

static enum err reserve(struct evaluator *ev, size_t schools, struct err_info *info)
{
	const size_t need = JUDGED_STAGES * schools;
	struct record *records;

	if (schools > COUNTY_SCHOOLS_MAX)
		return err_set(info, ERR_TOO_BIG, "学校过多 / too many schools: %zu", schools);
	if (need <= ev->cap)
		return ERR_OK;
	records = calloc(need, sizeof(*records));
	if (!records)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	free(ev->records); /* nothing in it outlives a county */
	ev->records = records;
	ev->cap = need;
	return ERR_OK;
}

/* Where an entry goes by the data of this period. */
static enum ledger_action step_entry(const struct recompute_input *in, enum ledger_state state,
				     const char *period, enum status status, bool knows_any,
				     bool settled)
{
	struct ledger_facts f = {
		.state = state, .status = status, .knows_any = knows_any, .settled = settled
	};

	str_copy(f.entry_period, sizeof(f.entry_period), period);
	str_copy(f.period, sizeof(f.period), in->facts.period);
	return ledger_step(&f);
}

/* What an entry says besides, where that is known. */
static enum err tell_shortfall(const struct shortfall_view *v, size_t item, struct ledger_move *m,
			       struct buf *texts)
{
	enum err e;

	m->has_shortfall = status_is_known(m->result.status);
	m->shortfall = texts->len;
	if (!m->has_shortfall)
		return ERR_OK;
	e = json_write_shortfall(v, item, texts);
	buf_add(texts, "", 1);
	return e;
}

/* Whether an entry that is kept lacks what it lacked: the same reports by the same standard. What
 * an item takes from elsewhere, the county's report of the period before, shows in its value. */
static bool lacks_the_same(const struct recompute_input *in, const struct entry_memory *memory,
			   const struct ledger_move *m)
{
	return m->action == LEDGER_KEEPS && in->same_standard &&
	       in->computed_version == in->facts.version && memory->value == m->result.value &&
	       memory->limit == m->result.limit;
}

/* What is said of an entry from now on. */
static struct entry_standing standing(const struct recompute_input *in,
				      const struct entry_memory *memory, enum ledger_action action,
				      int64_t deadline_us)
{
	const enum ledger_state after = ledger_after(action);

	return (struct entry_standing){ .state = after == LEDGER_NONE ? memory->state : after,
					.here = action != LEDGER_NOTHING ||
						(memory->state != LEDGER_NONE &&
						 str_equal(memory->period, in->facts.period)),
					.deadline_us = deadline_us };
}

/* Steps the ledger's entry of every item into the workspace. */
static enum err step_ledger(const struct recompute_input *in, const struct shortfall_view *v,
			    struct ledger_moves *out, struct entry_standing entries[ITEMS_MAX])
{
	const bool knows_any = items_any_known(v->judged, in->standard);
	enum err e = ERR_OK;

	out->n = 0;
	buf_release(&out->texts);
	buf_init(&out->texts, LEDGER_TEXTS);
	for (size_t i = 0; i < items_count(in->standard) && e == ERR_OK; i++) {
		const struct entry_memory *memory = &in->entries[i];
		const int64_t deadline_us = time_date_over(memory->deadline);
		struct ledger_move m = { .entry = memory->entry };

		item_get(v->judged, in->standard, i, &m.result);
		m.action = step_entry(in, memory->state, memory->period, m.result.status, knows_any,
				      in->settled[i]);
		m.clears_deadline = ledger_clears(m.action, memory->state, deadline_us, in->now_us);
		entries[i] = standing(in, memory, m.action, m.clears_deadline ? 0 : deadline_us);
		if (m.action == LEDGER_NOTHING || lacks_the_same(in, memory, &m))
			continue;
		e = tell_shortfall(v, i, &m, &out->texts);
		out->moves[out->n++] = m;
	}
	for (size_t i = 0; i < in->ledger_orphans_n; i++) {
		const struct ledger_orphan *orphan = &in->ledger_orphans[i];
		struct ledger_move m = { .entry = orphan->entry };

		str_copy(m.result.name, sizeof(m.result.name), orphan->item);
		m.action = step_entry(in, orphan->state, orphan->period, STATUS_NOT_APPLICABLE,
				      knows_any, false);
		if (m.action != LEDGER_NOTHING)
			out->moves[out->n++] = m;
	}
	return buf_failed(&out->texts) ? out->texts.err : e;
}

/* Judges into the workspace, renders the items into *items, and steps the ledger and the alerts:
 * *ret_n of them.
 */
static enum err judge(struct evaluator *ev, const struct recompute_input *in, struct buf *items,
		      size_t *ret_n, int64_t *ret_due_us, struct err_info *info)
{
	struct workspace *w = ev->workspace;
	struct shortfall_view view = { &in->facts, &w->index, in->standard, &w->judged, NULL };
	size_t records = 0;
	enum err e = reserve(ev, in->facts.n, info);

	if (e != ERR_OK)
		return e;
	e = county_judge(&in->facts, in->standard, ev->records, ev->cap, &records, &w->judged);
	if (e != ERR_OK)
		return err_set(info, e, "无法评定 / cannot judge: %s", err_text(e));
	merge_index_init(&w->index, &in->facts);
	json_write_items(&in->facts, &w->index, in->standard, &w->judged, items);
	if (buf_failed(items))
		return err_set(info, items->err, "judged items: %s", err_text(items->err));
	view.records = ev->records;
	e = step_ledger(in, &view, &w->ledger, w->entries);
	if (e == ERR_OK) {
		*ret_n = alerting_step(in, &w->judged, w->entries, w->transitions, ret_due_us);
		e = schools_behind(in, &view, w->transitions, *ret_n, &w->schools);
	}
	return e == ERR_OK ? ERR_OK
			   : err_set(info, e, "the schools and the ledger: %s", err_text(e));
}

/* What is to be written of one county: its period, and the silent year behind it. */
static enum err hand_over(struct evaluator *ev, struct recompute *rc, const char *items, size_t n,
			  int64_t due_us, struct err_info *info)
{
	const struct workspace *w = ev->workspace;
	const struct silent_year *silent = &w->silent;
	enum err e = store_recompute_judged(rc, &w->judged, items, w->transitions, n, due_us,
					    &w->ledger, info);

	if (e == ERR_OK)
		e = store_recompute_silent(rc, silent->in.facts.period, silent->transitions,
					   silent->n, info);
	return e;
}

static enum err judge_all(struct evaluator *ev, struct recompute *rc, struct err_info *info)
{
	struct silent_year *silent = &ev->workspace->silent;
	const struct recompute_input *in = NULL;
	enum err e = store_recompute_next(rc, &in, info);

	while (e == ERR_OK && in) {
		auto_buf struct buf items;
		int64_t due_us = 0, silent_us;
		size_t n = 0;

		buf_init(&items, ITEMS_BYTES);
		in = silent_take(silent, in, &silent_us);
		e = judge(ev, in, &items, &n, &due_us, info);
		if (silent_us && (!due_us || silent_us < due_us))
			due_us = silent_us;
		if (e == ERR_OK)
			e = silent_step(silent, ev->records, ev->cap, &due_us, info);
		if (e == ERR_OK)
			e = hand_over(ev, rc, items.data, n, due_us, info);
		if (e == ERR_OK)
			e = store_recompute_next(rc, &in, info);
	}
	return e;
}

static enum err commit(struct telling *telling, struct recompute *rc, struct evaluation *out,
		       struct err_info *info)
{
	enum err e;

	if (!store_recompute_tells(rc))
		return store_recompute_commit(rc, &out->events, out->done, &out->n, info);
	pthread_mutex_lock(&telling->lock);
	e = store_recompute_commit(rc, &out->events, out->done, &out->n, info);
	if (e == ERR_OK)
		out->ticket = ++telling->last;
	pthread_mutex_unlock(&telling->lock);
	return e;
}

enum err evaluate_counties(struct evaluator *ev, const struct county_key *keys, size_t n,
			   bool hurry, struct evaluation *out, struct err_info *info)
{
	struct recompute *rc = NULL;
	enum err e = store_recompute_begin(ev->store, keys, n, hurry && n == 1, &rc, info);

	out->n = 0;
	out->ticket = 0;
	out->events = (struct event_list){ NULL, 0 };
	if (e != ERR_OK || !rc)
		return e;
	e = judge_all(ev, rc, info);
	if (e == ERR_OK && !hurry)
		e = store_recompute_write(rc, info);
	if (e != ERR_OK) {
		store_recompute_abort(rc);
		return e;
	}
	return commit(ev->telling, rc, out, info);
}

/* --- metrics ------------------------------------------------------------------------------ */

static bool tells_of(const struct event_list *events, const struct county_key *key)
{
	for (size_t i = 0; i < events->n; i++) {
		if (str_equal(events->items[i].county, key->county) &&
		    str_equal(events->items[i].period, key->period))
			return true;
	}
	return false;
}

static void observe(const struct evaluation *done, const struct recomputed *c, int late_s)
{
	const double age_s = (double)c->age_us / 1e6;

	metric_add(METRIC_EVALUATIONS, 1);
	if (c->age_us < 0)
		return;
	metric_observe(METRIC_COMPUTED_AGE, age_s);
	if (tells_of(&done->events, &c->key))
		metric_observe(METRIC_EVENT_AGE, age_s);
	if (age_s > late_s)
		metric_add(METRIC_EVALUATIONS_LATE, 1);
}

void evaluation_observe(const struct evaluation *done, int late_s)
{
	for (size_t i = 0; i < done->n; i++)
		observe(done, &done->done[i], late_s);
}
