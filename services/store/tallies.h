/* SPDX-License-Identifier: Apache-2.0 */
/* The shared metrics (base/metrics.h) of all monitors, added up in the database. A crash of the
 * database or of a monitor takes what was counted in the last moments; the sums never go back
 * otherwise. */
#ifndef STORE_TALLIES_H
#define STORE_TALLIES_H

#include "store/store.h"

/* Takes what this process has counted there; what could not be taken is counted on. */
enum err store_tallies_add(struct store *store, struct err_info *info) MUST_CHECK;

/* Shows the sums in this process. */
enum err store_tallies_read(struct store *store, struct err_info *info) MUST_CHECK;

#endif
