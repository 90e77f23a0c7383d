/* SPDX-License-Identifier: Apache-2.0 */
#include "store/standards.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/results.h"
#include "store/row.h"

struct load {
	struct dated_standard *items;
	size_t n;
};

static struct standard *find(const struct load *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++) {
		if (str_equal(l->items[i].standard.id, id))
			return &l->items[i].standard;
	}
	return NULL;
}

static enum err read_standards(struct load *l, const PGresult *result, struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		struct dated_standard *d = &l->items[i];
		struct standard *s = &d->standard;
		enum err err;

		row_text(&r, s->id, sizeof(s->id));
		row_text(&r, d->from, sizeof(d->from));
		row_text_or(&r, d->to, sizeof(d->to), "");
		row_text(&r, s->title, sizeof(s->title));
		row_text(&r, s->source, sizeof(s->source));
		s->indicators_needed = (int)row_int(&r);
		s->floor_percent = (int)row_int(&r);
		s->teaching_point_students = (int)row_int(&r);
		s->judge_rounded = row_bool(&r);
		s->relief_visiting_pe_art = row_bool(&r);
		s->relief_extra_sports_area = row_bool(&r);
		err = row_end(&r, info);
		if (err)
			return err;
		l->n++;
	}
	return ERR_OK;
}

static int stage_of(const char *name)
{
	for (int i = 0; i < STAGE_COUNT; i++) {
		if (str_equal(stage_names[i], name))
			return i;
	}
	return -1;
}

/* The row's standard and stage: the first columns of all that follow. */
static enum err read_head(struct row *r, const struct load *l, struct standard **ret_standard,
			  int *ret_stage, struct err_info *info)
{
	char stage[8];

	*ret_standard = find(l, row_borrow(r));
	row_text(r, stage, sizeof(stage));
	*ret_stage = stage_of(stage);
	if (!*ret_standard || *ret_stage < 0 || *ret_stage >= JUDGED_STAGES)
		return err_set(info, ERR_DB, "a limit of no standard or stage");
	return ERR_OK;
}

static enum err read_limits(const struct load *l, const PGresult *result, struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		struct standard *s;
		int stage;
		enum err err = read_head(&r, l, &s, &stage, info);

		if (err)
			return err;
		s->cv_limit[stage] = row_int(&r);
		err = row_end(&r, info);
		if (err)
			return err;
	}
	return ERR_OK;
}

static enum err read_thresholds(const struct load *l, const PGresult *result, struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		struct standard *s;
		int64_t indicator;
		int stage;
		enum err err = read_head(&r, l, &s, &stage, info);

		if (err)
			return err;
		indicator = row_int(&r);
		if (indicator < 1 || indicator > INDICATORS)
			return err_set(info, ERR_DB, "a threshold of no indicator");
		s->threshold[stage][indicator - 1] = row_int(&r);
		err = row_end(&r, info);
		if (err)
			return err;
	}
	return ERR_OK;
}

/* Rows of one kind follow each other. */
static struct weight_row *weights_of(struct standard *s, const char *kind)
{
	struct weight_row *last = s->weight_rows ? &s->weights[s->weight_rows - 1] : NULL;

	if (last && str_equal(last->kind, kind))
		return last;
	if (s->weight_rows == WEIGHT_ROWS_MAX)
		return NULL;
	last = &s->weights[s->weight_rows++];
	str_copy(last->kind, sizeof(last->kind), kind);
	return last;
}

static enum err read_weights(const struct load *l, const PGresult *result, struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		struct standard *s = find(l, row_borrow(&r));
		struct weight_row *weights = s ? weights_of(s, row_borrow(&r)) : NULL;
		const int stage = weights ? stage_of(row_borrow(&r)) : -1;
		enum err err;

		if (stage < 0)
			return err_set(info, ERR_DB, "a weight of no standard, kind or stage");
		weights->weight[stage] = (int)row_int(&r);
		if (weights->weight[stage] > WEIGHT_MAX)
			return err_set(info, ERR_DB, "a weight above %d", WEIGHT_MAX / WEIGHT_ONE);
		err = row_end(&r, info);
		if (err)
			return err;
	}
	return ERR_OK;
}

static enum err load_work(struct conn *c, void *context, struct err_info *info)
{
	struct load *out = context;
	struct load l = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	enum err err;

	batch_init(&b, c);
	batch_add(&b, QUERY_STANDARD_LIST, NULL);
	batch_add(&b, QUERY_STANDARD_LIMITS, NULL);
	batch_add(&b, QUERY_STANDARD_THRESHOLDS, NULL);
	batch_add(&b, QUERY_STANDARD_WEIGHTS, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	l.items = calloc((size_t)PQntuples(batch_result(&b, 0)) + 1, sizeof(l.items[0]));
	if (!l.items)
		return err_set(info, ERR_NOMEM, "no memory for the standards");
	err = read_standards(&l, batch_result(&b, 0), info);
	if (!err)
		err = read_limits(&l, batch_result(&b, 1), info);
	if (!err)
		err = read_thresholds(&l, batch_result(&b, 2), info);
	if (!err)
		err = read_weights(&l, batch_result(&b, 3), info);
	if (err)
		free(l.items);
	else
		*out = l;
	return err;
}

enum err standards_load(struct store *store, struct dated_standard **ret_standards, size_t *ret_n,
			struct err_info *info)
{
	struct load l = { .n = 0 };
	const enum err err = store_run(store, load_work, &l, info);

	if (!err) {
		*ret_standards = l.items;
		*ret_n = l.n;
	}
	return err;
}

/* Under standards_mutex. The newest that covers the period: an open one lasts until it
 * is superseded. */
static bool lookup(const struct store *store, const char *period, struct standard *out)
{
	for (size_t i = 0; i < store->standards_n; i++) {
		const struct dated_standard *d = &store->standards[i];

		if (strcmp(d->from, period) <= 0 && (!d->to[0] || strcmp(period, d->to) <= 0)) {
			*out = d->standard;
			return true;
		}
	}
	return false;
}

enum err store_standard_get(struct store *store, const char *county, const char *period,
			    struct standard *out, struct err_info *info)
{
	struct dated_standard *loaded = NULL;
	size_t n = 0;
	bool found = false;
	bool known;

	(void)county; /* standards of a province come later */
	pthread_mutex_lock(&store->standards_mutex);
	known = store->standards != NULL;
	if (known)
		found = lookup(store, period, out);
	pthread_mutex_unlock(&store->standards_mutex);
	if (!known) {
		const enum err err = standards_load(store, &loaded, &n, info);

		if (err)
			return err;
		pthread_mutex_lock(&store->standards_mutex);
		if (!store->standards) { /* else another thread was faster */
			store->standards = STEAL(loaded);
			store->standards_n = n;
		}
		found = lookup(store, period, out);
		pthread_mutex_unlock(&store->standards_mutex);
		free(loaded);
	}
	if (!found)
		return err_set(info, ERR_NOT_FOUND,
			       "没有适用于 %s 学年的标准 / no standard judges the period %s",
			       period, period);
	return ERR_OK;
}
