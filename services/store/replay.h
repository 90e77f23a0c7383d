/* SPDX-License-Identifier: Apache-2.0 */
/* What trying a rule on what has been needs besides a county's computations and figures
 * (store/history.h): see domain/rule_replay.h. Lists are owned by the caller; NULL on failure. */
#ifndef STORE_REPLAY_H
#define STORE_REPLAY_H

#include "domain/rule_replay.h"
#include "store/store.h"

/* When a county's versions were accepted, by time, at most so many; of periods that a standard
 * judges now. */
enum err store_replay_versions(struct store *store, const char *county, int limit,
			       struct replay_version **ret_items, size_t *ret_n,
			       struct err_info *info) MUST_CHECK;

/* Which schools had reports of two periods one behind the other, and in which of them a figure
 * differs by more than share (domain/jump.h), by time. Two edges of each pair of reports, of which
 * at most `limit` are read; where it lasts still, the second is at INT64_MAX. */
enum err store_replay_edges(struct store *store, const char *county, int64_t share, int limit,
			    struct replay_edge **ret_items, size_t *ret_n,
			    struct err_info *info) MUST_CHECK;

/* What silent years are known by (struct replay_silent), by time. Two items of each school as it
 * was known and year that may be silent, of which at most `limit` are read. */
enum err store_replay_silent(struct store *store, const char *county, int limit,
			     struct replay_silent **ret_items, size_t *ret_n,
			     struct err_info *info) MUST_CHECK;

/* An item's entry of the ledger, by time, at most so many. */
enum err store_replay_entries(struct store *store, const char *county, const char *item, int limit,
			      struct replay_entry **ret_items, size_t *ret_n,
			      struct err_info *info) MUST_CHECK;

#endif
