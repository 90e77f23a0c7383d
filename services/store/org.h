/* SPDX-License-Identifier: Apache-2.0 */
/* Regions and schools. Both have versions of their own, which go on when one is deleted and
 * put again. Whoever changes the schools of a county waits for others who do, and for the
 * first report of a new period; never for a monitor. */
#ifndef STORE_ORG_H
#define STORE_ORG_H

#include "domain/school.h"
#include "store/store.h"

#define REGION_NAME 121
#define TARGETS_MAX 4096

struct region {
	char code[COUNTY_CODE]; /* 2, 4 or 6 digits */
	char name[REGION_NAME];
	char targets[TARGETS_MAX];    /* a JSON object, as text; "{}" when none */
	char recognised[PERIOD_CODE]; /* a county's year of national recognition; "" none */
	int64_t version;
};

/* ERR_NOT_FOUND. */
enum err store_region_get(struct store *store, const char *code, struct region *out,
			  struct err_info *info) MUST_CHECK;

/* ERR_PRECONDITION; ERR_INVALID naming /targets when it is not JSON. region->version is
 * ignored; match as in store.h. */
enum err store_region_put(struct store *store, const struct actor *actor,
			  const struct region *region, int64_t match, struct write_result *out,
			  struct err_info *info) MUST_CHECK;

/* ERR_NOT_FOUND, ERR_PRECONDITION, ERR_CONFLICT while schools or regions below it exist, reports
 * of a county's own, or alerts or entries of the ledger that are not over. */
enum err store_region_delete(struct store *store, const struct actor *actor, const char *code,
			     int64_t match, struct err_info *info) MUST_CHECK;

/* ERR_NOT_FOUND. ret_version: of the school itself; may be NULL. */
enum err store_school_get(struct store *store, const char *code, struct school *out,
			  int64_t *ret_version, struct err_info *info) MUST_CHECK;

/* A change bumps the version of every period of the school's county (and of its former
 * county, along with which its reports move). ERR_INVALID naming /county or /parent when
 * those do not exist (reasons unknown_county, unknown_parent); /parent when the parent is a
 * campus itself or in another county, or the school has campuses, and /county when it has
 * campuses in the former county (not_allowed); /kind when it has reported a stage that the
 * kind does not have (not_of_kind); ERR_PRECONDITION;
 * ERR_CONFLICT when the county has COUNTY_SCHOOLS_MAX schools already. */
enum err store_school_put(struct store *store, const struct actor *actor,
			  const struct school *school, int64_t match, struct write_result *out,
			  struct err_info *info) MUST_CHECK;

/* ERR_NOT_FOUND, ERR_PRECONDITION, ERR_CONFLICT while it has reports or campuses. */
enum err store_school_delete(struct store *store, const struct actor *actor, const char *code,
			     int64_t match, struct err_info *info) MUST_CHECK;

#endif
