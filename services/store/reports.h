/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of schools: one a school and period, every superseded version kept.
 *
 * A write is one round trip: it takes the school's turn, so that two writers of one report
 * queue up and history has no holes; then one statement decides what is to be done, and
 * numbers the change by county_period.version, which queues up the county's writers until
 * commit and makes versions commit in their order. What changes nothing writes nothing.
 *
 * A school is ten digits, a period four; callers have checked that. */
#ifndef STORE_REPORTS_H
#define STORE_REPORTS_H

#include "domain/judge.h"
#include "store/standards.h"

struct stored_report {
	char county[COUNTY_CODE];
	int64_t version;
	struct report report;
};

/* ERR_NOT_FOUND (reason unknown_school when there is no such school). */
enum err store_report_get(struct store *store, const char *period, const char *school,
			  struct stored_report *out, struct err_info *info) MUST_CHECK;

/* Durable when it returns ERR_OK. The same content again changes nothing and answers the
 * stored version. ERR_NOT_FOUND (unknown_school), ERR_PRECONDITION. */
enum err store_report_put(struct store *store, const struct actor *actor, const char *period,
			  const char *school, const struct report *report, int64_t match,
			  struct write_result *out, struct err_info *info) MUST_CHECK;

/* History stays. ERR_NOT_FOUND, ERR_PRECONDITION. */
enum err store_report_delete(struct store *store, const struct actor *actor, const char *period,
			     const char *school, int64_t match, struct write_result *out,
			     struct err_info *info) MUST_CHECK;

/* All schools of a county with their reports of a period, and what the county itself reported
 * of it and of the period before, in one snapshot; schools are ordered by code. The county's own
 * reports are read by `standard`, or, where that is NULL, by the one that judges the period, which
 * *ret_standard then gets (released by the caller, as everything that is handed out; untouched
 * otherwise). ERR_NOT_FOUND when the county has no version of that period, or no standard judges
 * it. */
enum err store_facts_get(struct store *store, const char *county, const char *period,
			 const struct standard *standard, struct county_facts *out,
			 const struct standard **ret_standard, struct err_info *info) MUST_CHECK;
void store_facts_release(struct county_facts *facts); /* accepts zeroed */

static inline void auto_facts_release(struct county_facts *f)
{
	store_facts_release(f);
}
#define auto_facts AUTO(auto_facts_release)

#endif
