/* SPDX-License-Identifier: Apache-2.0 */
/* What counties themselves report, a document a period. A write counts a change of the county and
 * period, as a school's report does; the period after is computed again too, for growth looks
 * back. */
#ifndef STORE_COUNTY_REPORTS_H
#define STORE_COUNTY_REPORTS_H

#include "store/store.h"

struct stored_county_report {
	int64_t version;
	char *document; /* owned: JSON text */
};
void stored_county_report_release(struct stored_county_report *r);
static inline void auto_county_report_release(struct stored_county_report *r)
{
	stored_county_report_release(r);
}
#define auto_county_report AUTO(auto_county_report_release)

/* ERR_NOT_FOUND. */
enum err store_county_report_get(struct store *store, const char *period, const char *county,
				 struct stored_county_report *out,
				 struct err_info *info) MUST_CHECK;

/* document: JSON text, NULL removes it (ERR_NOT_FOUND). The same as stored changes nothing.
 * ERR_PRECONDITION; ERR_NOT_FOUND when the county is no known region; ERR_FORBIDDEN. */
enum err store_county_report_put(struct store *store, const struct actor *actor, const char *period,
				 const char *county, const char *document, int64_t match,
				 struct write_result *out, struct err_info *info) MUST_CHECK;

#endif
