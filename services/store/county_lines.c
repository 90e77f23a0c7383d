/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/row.h"
#include "store/summary_head.h"

void county_lines_release(struct county_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		free(lines->items[i].failing);
		free(lines->items[i].missing);
	}
	free(lines->items);
	*lines = (struct county_lines){ .items = NULL };
}

static enum err read_line(struct row *r, struct county_line *out, struct err_info *info)
{
	bool known, has_value, has_limit, has_excess;

	row_text(r, out->rank.code, sizeof(out->rank.code));
	row_text(r, out->name, sizeof(out->name));
	known = county_state_parse(row_borrow(r), &out->state);
	out->accepted_version = row_int(r);
	out->version = row_int(r);
	row_text_or(r, out->computed_at, sizeof(out->computed_at), "");
	out->failing = strdup(row_borrow(r));
	out->missing = strdup(row_borrow(r));
	row_text_or(r, out->worst, sizeof(out->worst), "");
	out->worst_value = row_double(r, &has_value);
	out->worst_limit = row_double(r, &has_limit);
	out->rank.failing = row_int(r);
	out->rank.excess = row_double(r, &has_excess);
	if (!known)
		return err_set(info, ERR_DB, "%s: a verdict that is none", out->rank.code);
	if (!out->failing || !out->missing)
		return err_set(info, ERR_NOMEM, "no memory for a county's items");
	return row_end(r, info);
}

struct list {
	const struct county_lines_query *query;
	struct county_lines *out;
};

static enum err run_list(struct conn *c, struct batch *b, const struct county_lines_query *q,
			 const char *period, struct err_info *info)
{
	struct params p;

	params_init(&p);
	params_text(&p, q->region);
	params_text(&p, period);
	params_text(&p, q->state);
	params_text(&p, q->item);
	params_int(&p, q->after.failing);
	params_double(&p, q->after.excess);
	params_text(&p, q->after.code);
	params_int(&p, q->limit);
	batch_init(b, c);
	batch_add(b, QUERY_SUMMARY_COUNTY_LIST, &p);
	batch_add(b, QUERY_TXN_COMMIT, NULL);
	return batch_run(b, info);
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct list *l = context;
	struct county_lines auto_lines lines = { .items = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct summary_head head;
	enum err err = summary_head_read(c, l->query->region, l->query->period, &head, info);

	if (!err)
		err = run_list(c, &b, l->query, head.period, info);
	if (err)
		return err;
	lines.n = (size_t)PQntuples(batch_result(&b, 0));
	lines.items = calloc(lines.n + 1, sizeof(lines.items[0]));
	if (!lines.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu counties", lines.n);
	for (size_t i = 0; i < lines.n; i++) {
		struct row r = row_at(batch_result(&b, 0), (int)i);

		err = read_line(&r, &lines.items[i], info);
		if (err)
			return err;
	}
	str_copy(lines.period, sizeof(lines.period), head.period);
	*l->out = lines;
	lines = (struct county_lines){ .items = NULL };
	return ERR_OK;
}

enum err store_county_lines(struct store *store, const struct county_lines_query *query,
			    struct county_lines *out, struct err_info *info)
{
	struct list l = { query, out };

	return store_run(store, list_work, &l, info);
}
