/* SPDX-License-Identifier: Apache-2.0 */
/* API keys. A token is "jh_" and 43 characters of base64url (256 random bits); what is
 * stored is its BLAKE2b-256, which is enough for a secret that nobody can guess. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "domain/school.h"
#include "store/results.h"
#include "store/store.h"

enum role {
	ROLE_NONE,
	ROLE_REPORTER,
	ROLE_SUPERVISOR,
	ROLE_ADMIN,
	ROLE_COUNT
}; /* each may all that the former may */
extern const char *const role_names[ROLE_COUNT];
bool role_parse(const char *name, enum role *ret_role) MUST_CHECK;

#define KEY_TOKEN  47
#define KEY_LABEL  121
#define KEY_REGION 11

struct api_key {
	int64_t id;
	char label[KEY_LABEL];
	enum role role;
	char region[KEY_REGION]; /* code prefix, school code, or "": the whole country */
	char created_at[TIME_TEXT];
	char expires_at[TIME_TEXT]; /* "" when it does not */
	char revoked_at[TIME_TEXT]; /* "" when it is not */
};

struct api_key_list {
	struct api_key *items;
	size_t n;
};
void api_key_list_release(struct api_key_list *list);

/* Makes a key from label, role, region and expires_at (RFC 3339 or a date, "" for none).
 * ERR_INVALID when region or expires_at is not one. */
enum err store_key_create(struct store *store, const struct api_key *key, int64_t *ret_id,
			  char ret_token[KEY_TOKEN], struct err_info *info) MUST_CHECK;
enum err store_key_list(struct store *store, struct api_key_list *out,
			struct err_info *info) MUST_CHECK;
/* ERR_NOT_FOUND. */
enum err store_key_revoke(struct store *store, int64_t id, struct err_info *info) MUST_CHECK;

/* The key that a token belongs to; ERR_UNAUTHORIZED when unknown, expired or revoked. In the
 * same round trip, the school of a code ("" none), which most requests are about; its version
 * is 0 when there is none. Whether the key may know of it is not decided here. */
enum err store_key_find(struct store *store, const char *token, const char *code,
			struct api_key *ret_key, struct school *ret_school, int64_t *ret_version,
			struct err_info *info) MUST_CHECK;

#endif
