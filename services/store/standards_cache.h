/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of standards, read once and shared. Of this layer only. */
#ifndef STORE_STANDARDS_CACHE_H
#define STORE_STANDARDS_CACHE_H

#include "store/pool.h"
#include "store/standards.h"

/* A version of one, from memory or by this connection, within whatever transaction is open; version
 * 0: the one in force. ERR_NOT_FOUND. */
enum err standard_load(struct store *store, struct conn *c, const char *id, int64_t version,
		       const struct standard **ret_standard, struct err_info *info) MUST_CHECK;

/* The same of what standard_for and standard_as_of gave: NULL when that is no row. */
enum err standard_chosen(struct store *store, struct conn *c, const PGresult *choice,
			 const struct standard **ret_standard, struct err_info *info) MUST_CHECK;

/* When the store goes: nobody else holds any. */
void standards_forget(struct store *store);

#endif
