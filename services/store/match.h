/* SPDX-License-Identifier: Apache-2.0 */
/* If-Match: what a writer last saw against what is stored. */
#ifndef STORE_MATCH_H
#define STORE_MATCH_H

#include "store/store.h"

/* stored: the version, 0 when nothing is stored. ERR_PRECONDITION. */
static inline enum err match_check(int64_t match, int64_t stored, struct err_info *info)
{
	if (match == MATCH_ANY || (match == MATCH_EXISTS && stored) || match == stored)
		return ERR_OK;
	return err_set(info, ERR_PRECONDITION,
		       "现有版本为 %lld,与 If-Match 不符 / the stored version is %lld",
		       (long long)stored, (long long)stored);
}

#endif
