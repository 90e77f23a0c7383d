/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/evaluate.h"

#include <stdlib.h>

#include "base/str.h"
#include "domain/alert.h"
#include "domain/item.h"

void evaluator_init(struct evaluator *ev, struct store *store)
{
	*ev = (struct evaluator){ .store = store };
}

void evaluator_release(struct evaluator *ev)
{
	free(ev->records);
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

/* Steps the alert of every item; returns how many rows of `out` say what is to happen. */
static size_t step_alerts(const struct recompute_input *in, const struct county_judgement *judged,
			  struct transition out[ITEMS])
{
	size_t n = 0;

	for (size_t i = 0; i < ITEMS; i++) {
		const struct item_memory *memory = &in->items[i];
		struct transition t = { .item = i, .alert = memory->alert };
		struct alert_facts facts = { .open = memory->alert != 0,
					     .later_known = memory->later_known };

		item_get(judged, &in->standard, i, &t.result);
		str_copy(facts.open_period, sizeof(facts.open_period), memory->period);
		str_copy(facts.period, sizeof(facts.period), in->facts.period);
		facts.status = t.result.status;
		t.action = alert_step(&facts);
		if (t.action != ALERT_NONE)
			out[n++] = t;
	}
	return n;
}

/* Judges into *judged; the transitions into out, their number into *ret_n. */
static enum err judge(struct evaluator *ev, const struct recompute_input *in,
		      struct county_judgement *judged, struct transition out[ITEMS], size_t *ret_n,
		      struct err_info *info)
{
	size_t records = 0;
	enum err e = reserve(ev, in->facts.n, info);

	if (e != ERR_OK)
		return e;
	e = county_judge(&in->facts, &in->standard, ev->records, ev->cap, &records, judged);
	if (e != ERR_OK)
		return err_set(info, e, "无法评定 / cannot judge: %s", err_text(e));
	*ret_n = step_alerts(in, judged, out);
	return ERR_OK;
}

enum err evaluate_county(struct evaluator *ev, const struct county_key *key, struct evaluation *out,
			 struct err_info *info)
{
	const struct recompute_input *in = NULL;
	struct evaluation done = { .computed = false };
	struct transition transitions[ITEMS];
	struct county_judgement judged;
	struct recompute *rc = NULL;
	size_t n = 0;
	enum err e;

	e = store_recompute_begin(ev->store, key->county, key->period, &rc, &in, info);
	if (e != ERR_OK)
		return e;
	if (!rc) {
		*out = done;
		return ERR_OK;
	}
	e = judge(ev, in, &judged, transitions, &n, info);
	if (e != ERR_OK) {
		store_recompute_abort(rc);
		return e;
	}
	done.computed = true;
	done.version = in->facts.version;
	done.verdict = judged.verdict;
	e = store_recompute_commit(rc, &judged, transitions, n, &done.events, &done.behind, info);
	if (e == ERR_OK)
		*out = done;
	return e;
}
