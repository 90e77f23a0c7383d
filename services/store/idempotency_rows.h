/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of idempotent requests, inside the transaction of what they answer. Of this layer only.
 */
#ifndef STORE_IDEMPOTENCY_ROWS_H
#define STORE_IDEMPOTENCY_ROWS_H

#include "store/idempotency.h"
#include "store/query.h"

/* Adds QUERY_IDEMPOTENCY_ANSWER, whose texts are borrowed until the batch was run. */
void idempotency_add(struct batch *b, const struct reservation *r,
		     const struct idempotent_answer *answer);

/* ERR_CONFLICT when the reservation has been taken over. */
enum err idempotency_check(const PGresult *result, struct err_info *info) MUST_CHECK;

#endif
