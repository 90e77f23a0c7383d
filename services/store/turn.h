/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a turn in which somebody was to act and nothing was changed. */
#ifndef STORE_TURN_H
#define STORE_TURN_H

#include <stdint.h>

#include "store/query.h"

/* The transaction is left to be given up, and with it the marks that its county is to be looked at
 * again; but where a computation has ended meanwhile (overtaken: the query that says so of the
 * id), they are committed: it may have met the results locked, and relied on them. */
enum err turn_leave(struct conn *c, enum query overtaken, int64_t id,
		    struct err_info *info) MUST_CHECK;

#endif
