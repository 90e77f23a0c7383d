/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/evaluate.h"

#include <stdlib.h>

#include "base/timeutil.h"
#include "domain/merged.h"
#include "monitor/alerting.h"
#include "json/items.h"

struct workspace {
	struct merge_index index;
	struct county_judgement judged;
	struct transition transitions[TRANSITIONS_MAX];
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
	return ev->workspace ? ERR_OK : ERR_NOMEM;
}

void evaluator_release(struct evaluator *ev)
{
	free(ev->records);
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

/* Judges into the workspace, renders the items into *items, and steps the alerts: *ret_n of them.
 */
static enum err judge(struct evaluator *ev, const struct recompute_input *in, struct buf *items,
		      size_t *ret_n, int64_t *ret_due_us, struct err_info *info)
{
	struct workspace *w = ev->workspace;
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
	*ret_n = alerting_step(in, &w->judged, time_now_us(), w->transitions, ret_due_us);
	return ERR_OK;
}

static enum err judge_all(struct evaluator *ev, struct recompute *rc, struct err_info *info)
{
	const struct recompute_input *in = NULL;
	enum err e = store_recompute_next(rc, &in, info);

	while (e == ERR_OK && in) {
		auto_buf struct buf items;
		int64_t due_us = 0;
		size_t n = 0;

		buf_init(&items, ITEMS_BYTES);
		e = judge(ev, in, &items, &n, &due_us, info);
		if (e == ERR_OK)
			e = store_recompute_judged(rc, &ev->workspace->judged, items.data,
						   ev->workspace->transitions, n, due_us, info);
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
			   bool patient, struct evaluation *out, struct err_info *info)
{
	struct recompute *rc = NULL;
	enum err e = store_recompute_begin(ev->store, keys, n, patient, &rc, info);

	out->n = 0;
	out->ticket = 0;
	out->events = (struct event_list){ NULL, 0 };
	if (e != ERR_OK || !rc)
		return e;
	e = judge_all(ev, rc, info);
	if (e == ERR_OK && !patient)
		e = store_recompute_write(rc, info);
	if (e != ERR_OK) {
		store_recompute_abort(rc);
		return e;
	}
	return commit(ev->telling, rc, out, info);
}
