/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the ledger as they are told, and which of them are asked for. */
#ifndef API_LEDGER_VIEW_H
#define API_LEDGER_VIEW_H

#include "api/call.h"
#include "store/ledger.h"

/* The members of an entry, without braces. */
void ledger_view_write(struct buf *out, const struct ledger_entry *e);

/* ?region=&county=&state=&item=&overdue=&department=, below the key's region. ERR_PARAMETER,
 * ERR_FORBIDDEN. Of region and county the longer one counts; *ret_none: none is below both. */
enum err ledger_view_query(struct call *c, struct ledger_query *q, bool *ret_none) MUST_CHECK;

/* The number in the path. ERR_PARAMETER. */
enum err ledger_view_id(struct call *c, int64_t *ret_id) MUST_CHECK;

/* The entry of the path, which is below the key's region. */
enum err ledger_view_load(struct call *c, struct ledger_entry *out) MUST_CHECK;

#endif
