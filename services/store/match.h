/* SPDX-License-Identifier: Apache-2.0 */
/* If-Match: what a writer last saw against what is stored. */
#ifndef STORE_MATCH_H
#define STORE_MATCH_H

#include "base/str.h"
#include "domain/school.h"
#include "store/row.h"
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

/* What a statement that puts or removes a county's document found and did: of its one row, the
 * version that was stored and the one that was made, NULL for none; no row where there is no such
 * county. removes: ERR_NOT_FOUND when nothing is stored, saying `none`. ERR_PRECONDITION. */
static inline enum err change_read(const PGresult *result, const char *county, bool removes,
				   const char *none, int64_t match, struct write_result *out,
				   struct err_info *info)
{
	struct row r = row_at(result, 0);
	int64_t stored, made;
	enum err err;

	if (!PQntuples(result))
		return err_set(info, ERR_NOT_FOUND, "没有登记的县 %s / no such county: %s", county,
			       county);
	stored = row_int_or(&r, 0);
	made = row_int_or(&r, 0);
	err = row_end(&r, info);
	if (!err && removes && !stored)
		return err_set(info, ERR_NOT_FOUND, "%s", none);
	if (!err)
		err = match_check(match, stored, info);
	if (err)
		return err;
	str_copy(out->county, sizeof(out->county), county);
	out->created = !stored;
	out->changed = made != 0;
	out->version = made ? made : stored;
	return ERR_OK;
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
