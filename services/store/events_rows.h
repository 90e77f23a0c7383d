/* SPDX-License-Identifier: Apache-2.0 */
/* Event rows of the list, of the outbox and of the statement that appends them. */
#ifndef STORE_EVENTS_ROWS_H
#define STORE_EVENTS_ROWS_H

#include "store/events.h"
#include "store/query.h"
#include "store/row.h"

/* A level as it is stored: its place, 0 none. */
static inline enum alert_level row_level(struct row *r)
{
	const int64_t level = row_int(r);

	return level > LEVEL_NONE && level < ALERT_LEVELS ? (enum alert_level)level : LEVEL_NONE;
}

/* *out is empty and has room: the rows are put there, and the list is the caller's. */
enum err events_read(const PGresult *result, struct event_list *out,
		     struct err_info *info) MUST_CHECK;

#endif
