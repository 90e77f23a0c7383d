/* SPDX-License-Identifier: Apache-2.0 */
/* The standards of the database: read by the first who needs one, and kept. */
#ifndef STORE_STANDARDS_H
#define STORE_STANDARDS_H

#include "store/pool.h"

/* Newest first. *ret_standards is owned by the caller. */
enum err standards_load(struct store *store, struct dated_standard **ret_standards, size_t *ret_n,
			struct err_info *info) MUST_CHECK;

#endif
