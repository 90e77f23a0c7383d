/* SPDX-License-Identifier: Apache-2.0 */
/* The statements that judgements are written by: rows of all counties of a recomputation, one array
 * a column. */
#ifndef STORE_RECOMPUTE_WRITE_H
#define STORE_RECOMPUTE_WRITE_H

#include "store/query.h"
#include "store/recompute.h"

#define COLUMNS_MAX 25

struct columns {
	int n;
	struct array column[COLUMNS_MAX];
};

/* Owned by who computes; large enough not to be a local. */
struct writing {
	struct columns earlier; /* of counties that know something else now */
	struct columns after;   /* of periods that later ones are looked at beside */
	struct columns county;
	struct columns stages[2]; /* of counties that were computed before, and of others */
	struct columns indicators[2];
	struct columns items;
	struct columns alerts;
	struct columns ledger;
	int told; /* events among the alerts' rows */
};

void writing_init(struct writing *w);
void writing_release(struct writing *w);

/* Adds the rows of one county. items: the judged items as text. ERR_NOMEM. */
enum err writing_add(struct writing *w, const struct recompute_input *in,
		     const struct county_judgement *judgement, const char *items,
		     const struct transition *transitions, size_t n, int64_t due_us,
		     struct err_info *info) MUST_CHECK;

/* Adds the row of one alert. ERR_NOMEM. */
enum err writing_add_alert(struct writing *w, const struct county_key *key, int64_t version,
			   const struct transition *t, struct err_info *info) MUST_CHECK;

/* Adds the ledger's rows of one county; a failure shows when the statement is added. */
void ledger_columns_add(struct columns *cs, const struct recompute_input *in,
			const struct ledger_moves *ledger);
/* Room for what the items of a lot of counties lack. */
void ledger_columns_init(struct columns *cs);
#define LEDGER_COLUMNS 11

/* The first two columns of a row, its county and period; gives the next. */
struct array *columns_begin_row(struct columns *cs, const char *county, const char *period);

/* Adds the statements of the figures and of the ledger; there are some. *ret_county: the place in
 * the batch of the one that tells which counties have changed meanwhile. Rows are borrowed until
 * the batch has run. ERR_NOMEM. */
enum err writing_figures(struct writing *w, struct batch *b, int *ret_county,
			 struct err_info *info) MUST_CHECK;

/* Adds the one of the alerts, if there are some: it gives their events. */
enum err writing_alerts(struct writing *w, struct batch *b, struct err_info *info) MUST_CHECK;

#endif
