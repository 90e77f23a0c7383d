/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of facts_get as facts: for the reader and for the recomputation alike. */
#ifndef STORE_FACTS_H
#define STORE_FACTS_H

#include "store/query.h"
#include "store/reports.h"

void facts_params(struct params *p, const char *county, const char *period);

/* That no standard judges a period: ERR_NOT_FOUND. */
enum err no_standard(const char *period, struct err_info *info) MUST_CHECK;

/* The county's own reports are read by the standard. ERR_NOT_FOUND without a row; ERR_TOO_BIG
 * beyond COUNTY_SCHOOLS_MAX. */
enum err facts_read(struct store *store, const PGresult *result, const char *county,
		    const char *period, const struct standard *standard, struct county_facts *out,
		    struct err_info *info) MUST_CHECK;

#endif
