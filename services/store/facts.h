/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of facts_get and recompute_facts as facts: for the reader and for the recomputation
 * alike. */
#ifndef STORE_FACTS_H
#define STORE_FACTS_H

#include "store/query.h"
#include "store/recompute.h"
#include "store/reports.h"

void facts_params(struct params *p, const char *county, const char *period);

/* That no standard judges a period: ERR_NOT_FOUND. */
enum err no_standard(const char *period, struct err_info *info) MUST_CHECK;

/* The county's own reports are read by the standard. ERR_NOT_FOUND without a row; ERR_TOO_BIG
 * beyond COUNTY_SCHOOLS_MAX. */
enum err facts_read(struct store *store, const PGresult *result, const char *county,
		    const char *period, const struct standard *standard, struct county_facts *out,
		    struct err_info *info) MUST_CHECK;

/* Rows of several counties, whose first column is the county's place (from 1): put into the order
 * of places and of the schools' codes. */
struct facts_rows {
	const PGresult *result; /* borrowed */
	struct facts_row *rows;
	size_t n;
};
enum err facts_rows_init(struct facts_rows *rows, const PGresult *result,
			 struct err_info *info) MUST_CHECK;
void facts_rows_release(struct facts_rows *rows);

/* Whether there are any of the county at a place. */
bool facts_rows_any(const struct facts_rows *rows, int place) MUST_CHECK;

/* As facts_read(), of the county at a place. */
enum err facts_rows_read(struct store *store, const struct facts_rows *rows, int place,
			 const struct county_key *key, const struct standard *standard,
			 struct county_facts *out, struct err_info *info) MUST_CHECK;

#endif
