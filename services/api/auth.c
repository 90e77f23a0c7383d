/* SPDX-License-Identifier: Apache-2.0 */
#include "api/auth.h"

#include <string.h>
#include <strings.h>

#define SCHEME "Bearer "

enum err auth_key(struct store *store, const char *header, const char *code,
		  struct api_key *ret_key, struct school *ret_school, int64_t *ret_version,
		  struct err_info *info)
{
	if (!header || strncasecmp(header, SCHEME, strlen(SCHEME)) != 0)
		return err_set(info, ERR_UNAUTHORIZED,
			       "须带 Authorization: Bearer <密钥> / send Authorization: Bearer "
			       "<key>");
	header += strlen(SCHEME);
	header += strspn(header, " ");
	/* What cannot be a token costs no look-up. */
	if (strlen(header) != KEY_TOKEN - 1)
		return err_set(info, ERR_UNAUTHORIZED, "密钥无效 / the key is not valid");
	return store_key_find(store, header, code, ret_key, ret_school, ret_version, info);
}
