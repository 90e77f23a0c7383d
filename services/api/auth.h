/* SPDX-License-Identifier: Apache-2.0 */
/* Whose request it is. */
#ifndef API_AUTH_H
#define API_AUTH_H

#include "store/keys.h"

/* The key of an Authorization header ("Bearer jh_…"), looked up each time, so that a revoked
 * key stops at once; and with it the school of a code, as store_key_find() says.
 * ERR_UNAUTHORIZED; the store's errors. header may be NULL. */
enum err auth_key(struct store *store, const char *header, const char *code,
		  struct api_key *ret_key, struct school *ret_school, int64_t *ret_version,
		  struct err_info *info) MUST_CHECK;

#endif
