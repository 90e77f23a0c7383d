/* SPDX-License-Identifier: Apache-2.0 */
/* What more than one reader takes of the rows of plans. Of this layer only. */
#ifndef STORE_PLANS_ROWS_H
#define STORE_PLANS_ROWS_H

#include "domain/plan.h"
#include "store/pool.h"
#include "store/row.h"

/* By when the regions above want the county recognised, of the next columns: their targets, NULL of
 * none. */
static inline void row_above(const struct store *store, struct row *r, int above[PLAN_ABOVE])
{
	for (size_t i = 0; i < PLAN_ABOVE; i++) {
		const bool null = row_is_null(r);
		const char *targets = row_borrow(r);

		above[i] = store->readers->targets_year(null ? NULL : targets);
	}
}

#endif
