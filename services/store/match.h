/* SPDX-License-Identifier: Apache-2.0 */
/* If-Match: what a writer last saw against what is stored. */
#ifndef STORE_MATCH_H
#define STORE_MATCH_H

#include "domain/school.h"
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

/* A school may have moved since the request was let in. ERR_FORBIDDEN. */
static inline enum err reach_check(const struct actor *actor, const char *county,
				   const char *school, struct err_info *info)
{
	if (region_covers(actor->region, county, school))
		return ERR_OK;
	return err_set(info, ERR_FORBIDDEN, "超出密钥的地区 / beyond the key's region");
}

#endif
