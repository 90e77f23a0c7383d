/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"

#include <string.h>

#include "base/str.h"
#include "domain/school.h"

#define PROVINCE 2 /* digits of its code */

static bool is_school_key(const struct api_key *key)
{
	return strlen(key->region) == SCHOOL_CODE - 1;
}

static bool is_about_school(const struct access_rule *rule)
{
	return rule->scope == SCOPE_SCHOOL;
}

static enum err beyond_region(struct err_info *info)
{
	return err_set(info, ERR_FORBIDDEN, "超出密钥的地区 / beyond the key's region");
}

static enum err beyond_role(struct err_info *info)
{
	return err_set(info, ERR_FORBIDDEN, "密钥的角色不足 / the key's role does not allow it");
}

enum err access_role(const struct api_key *key, int role, struct err_info *info)
{
	if (key->role == ROLE_NONE || role == ROLE_NONE || (int)key->role < role)
		return beyond_role(info);
	return ERR_OK;
}

enum err access_route(const struct access_rule *rule, const struct api_key *key, const char *school,
		      struct err_info *info)
{
	if (rule->scope == SCOPE_OPEN)
		return ERR_OK;
	if (rule->scope == SCOPE_NONE || rule->role == ROLE_NONE || key->role == ROLE_NONE ||
	    key->role < rule->role)
		return beyond_role(info);
	if (is_school_key(key) &&
	    !(rule->own && (!is_about_school(rule) || str_equal(key->region, school))))
		return beyond_region(info);
	return ERR_OK;
}

enum err access_region(const struct api_key *key, const char *code, const char *school,
		       struct err_info *info)
{
	if (key->role == ROLE_NONE || !region_covers(key->region, code, school))
		return beyond_region(info);
	return ERR_OK;
}

enum err access_holds(const struct api_key *key, const char *code, struct err_info *info)
{
	if (key->role != ROLE_NONE && !is_school_key(key) && str_starts(key->region, code))
		return ERR_OK;
	return access_region(key, code, "", info);
}

enum err access_rules(const struct api_key *key, const char *code, struct err_info *info)
{
	if (key->role != ROLE_NONE && strlen(key->region) > PROVINCE)
		return err_set(
			info, ERR_FORBIDDEN,
			"预警规则由省和国家制定,市、县密钥不能更改 / rules of alerts are for "
			"provinces and the country to set, not for keys of prefectures or "
			"counties");
	return access_region(key, code, "", info);
}

enum err access_silence(const struct api_key *key, const char *author_region, struct err_info *info)
{
	if (!is_school_key(key) && str_starts(author_region, key->region))
		return access_region(key, author_region, "", info);
	return err_set(
		info, ERR_FORBIDDEN,
		"静默只能由其设定者的地区(author_region)或上级的密钥取消 / a silence is ended with "
		"a key that covers the region of its author (author_region)");
}

const char *access_prefix(const struct api_key *key)
{
	return key->region;
}
