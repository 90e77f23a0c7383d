/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tallies.h"

#include "base/metrics.h"
#include "base/str.h"
#include "store/pool.h"
#include "store/row.h"

/* What was taken, by metric. */
struct taken {
	bool has[METRIC_COUNT];
	struct metric_sum sums[METRIC_COUNT];
};

static bool take(struct taken *t)
{
	bool any = false;

	for (int m = 0; m < METRIC_COUNT; m++) {
		t->has[m] = metric_is_shared(m) && metric_take(m, &t->sums[m]);
		any |= t->has[m];
	}
	return any;
}

static void put_back(const struct taken *t)
{
	for (int m = 0; m < METRIC_COUNT; m++) {
		if (t->has[m])
			metric_put_back(m, &t->sums[m]);
	}
}

static void add_numbers(struct array *column, const struct metric_sum *sum)
{
	struct array auto_array numbers;
	const char *text;

	array_init(&numbers);
	for (int i = 0; i < METRIC_BUCKETS; i++)
		array_int(&numbers, sum->n[i]);
	text = array_end(&numbers);
	if (text)
		array_quoted(column, text);
}

static enum err add_work(struct conn *c, void *context, struct err_info *info)
{
	const struct taken *t = context;
	struct array auto_array names, auto_array numbers, auto_array sums;
	struct batch auto_batch b = { .n = 0 };
	struct params p;

	array_init(&names);
	array_init(&numbers);
	array_init(&sums);
	for (int m = 0; m < METRIC_COUNT; m++) {
		if (!t->has[m])
			continue;
		array_text(&names, metric_name(m));
		add_numbers(&numbers, &t->sums[m]);
		array_int(&sums, t->sums[m].sum_us);
	}
	params_init(&p);
	params_text(&p, array_end(&names));
	params_text(&p, array_end(&numbers));
	params_text(&p, array_end(&sums));
	if (!p.value[0] || !p.value[1] || !p.value[2])
		return err_set(info, ERR_NOMEM, "no memory for what was counted");
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_TXN_LAZY, NULL);
	batch_add(&b, QUERY_TALLIES_ADD, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	return batch_run(&b, info);
}

enum err store_tallies_add(struct store *store, struct err_info *info)
{
	struct taken t;
	enum err err;

	if (!take(&t))
		return ERR_OK;
	err = store_run(store, add_work, &t, info);
	if (err)
		put_back(&t);
	return err;
}

static int find_shared(const char *name)
{
	for (int m = 0; m < METRIC_COUNT; m++) {
		if (metric_is_shared(m) && str_equal(metric_name(m), name))
			return m;
	}
	return -1; /* of another version of the program */
}

static enum err read_number(const PGresult *result, int row, struct metric_sum sums[METRIC_COUNT],
			    struct err_info *info)
{
	struct row r = row_at(result, row);
	char name[64];
	int64_t place, n, us;
	enum err err;
	int m;

	row_text(&r, name, sizeof(name));
	place = row_int(&r);
	n = row_int(&r);
	us = row_int(&r);
	err = row_end(&r, info);
	m = find_shared(name);
	if (!err && m >= 0 && place >= 1 && place <= METRIC_BUCKETS) {
		sums[m].n[place - 1] = n;
		sums[m].sum_us = us;
	}
	return err;
}

static enum err read_work(struct conn *c, void *context, struct err_info *info)
{
	struct metric_sum sums[METRIC_COUNT] = { 0 };
	struct batch auto_batch b = { .n = 0 };
	enum err err = store_query(c, &b, QUERY_TALLIES_READ, NULL, info);

	(void)context;
	if (err)
		return err;
	for (int i = 0; i < PQntuples(batch_result(&b, 0)) && !err; i++)
		err = read_number(batch_result(&b, 0), i, sums, info);
	for (int m = 0; m < METRIC_COUNT && !err; m++) {
		if (metric_is_shared(m))
			metric_show(m, &sums[m]);
	}
	return err;
}

enum err store_tallies_read(struct store *store, struct err_info *info)
{
	return store_run(store, read_work, NULL, info);
}
