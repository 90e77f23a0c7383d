/* SPDX-License-Identifier: Apache-2.0 */
#include "store/keys.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/columns.h"
#include "store/pool.h"
#include "store/row.h"

#define SECRET_BYTES 32
#define TOKEN_PREFIX "jh_"
#define HASH_TEXT    (2 + 2 * crypto_generichash_BYTES + 1) /* \x and hexadecimal digits */

const char *const role_names[ROLE_COUNT] = {
	[ROLE_NONE] = "none",
	[ROLE_REPORTER] = "reporter",
	[ROLE_SUPERVISOR] = "supervisor",
	[ROLE_ADMIN] = "admin",
};

bool role_parse(const char *name, enum role *ret_role)
{
	for (int i = ROLE_REPORTER; i < ROLE_COUNT; i++) {
		if (str_equal(role_names[i], name)) {
			*ret_role = (enum role)i;
			return true;
		}
	}
	return false;
}

void api_key_list_release(struct api_key_list *list)
{
	free(list->items);
	*list = (struct api_key_list){ .n = 0 };
}

/* As a parameter of type bytea. */
static void hash_token(const char *token, char out[HASH_TEXT])
{
	unsigned char hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)token, strlen(token), NULL,
			   0);
	out[0] = '\\';
	out[1] = 'x';
	sodium_bin2hex(out + 2, HASH_TEXT - 2, hash, sizeof(hash));
}

static bool is_token(const char *token)
{
	unsigned char secret[SECRET_BYTES];
	size_t len = 0;

	return strlen(token) == KEY_TOKEN - 1 && str_starts(token, TOKEN_PREFIX) &&
	       sodium_base642bin(secret, sizeof(secret), token + strlen(TOKEN_PREFIX),
				 KEY_TOKEN - 1 - strlen(TOKEN_PREFIX), NULL, &len, NULL,
				 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	       len == SECRET_BYTES;
}

static bool is_region(const char *region)
{
	const size_t len = strlen(region);

	return len == 0 ||
	       ((len == 2 || len == 4 || len == 6 || len == 10) && str_is_digits(region, len));
}

/* How much of text has the shape, in which 0 is any digit. */
static size_t shape_len(const char *text, const char *shape)
{
	size_t i = 0;

	while (shape[i] &&
	       (shape[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == shape[i]))
		i++;
	return i;
}

static bool is_zone(const char *text)
{
	return str_equal(text, "Z") || (strlen(text) == 6 && (shape_len(text, "+00:00") == 6 ||
							      shape_len(text, "-00:00") == 6));
}

/* "2026-11-23", or with a time and its zone behind. Whether there is such a day
 * PostgreSQL knows. */
static bool is_time(const char *text)
{
	static const char shape[] = "0000-00-00T00:00:00";
	const size_t len = shape_len(text, shape);
	size_t decimals;

	if (len < sizeof(shape) - 1)
		return len >= strlen("0000-00-00") && !text[strlen("0000-00-00")];
	text += len;
	if (*text == '.') {
		decimals = strspn(++text, "0123456789");
		if (decimals < 1 || decimals > 9)
			return false;
		text += decimals;
	}
	return is_zone(text);
}

static enum err bad_time(struct err_info *info)
{
	return err_at(info, ERR_INVALID, "/expires", "bad_format",
		      "应为日期或 RFC 3339 时间 / must be a date or an RFC 3339 time");
}

struct create {
	const struct api_key *key;
	const char *token;
	int64_t id;
};

static enum err create_work(struct conn *c, void *context, struct err_info *info)
{
	struct create *cr = context;
	struct batch auto_batch b = { .n = 0 };
	char hash[HASH_TEXT];
	struct params p;
	struct row r;
	enum err err;

	hash_token(cr->token, hash);
	params_init(&p);
	params_text(&p, hash);
	params_text(&p, cr->key->label);
	params_text(&p, role_names[cr->key->role]);
	params_text(&p, cr->key->region);
	params_text_or(&p, cr->key->expires_at, "");
	err = store_query(c, &b, QUERY_KEY_CREATE, &p, info);
	if (err && str_starts(c->sqlstate, "22"))
		return bad_time(info); /* the 30th of February */
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	cr->id = row_int(&r);
	return row_end(&r, info);
}

enum err store_key_create(struct store *store, const struct api_key *key, int64_t *ret_id,
			  char ret_token[KEY_TOKEN], struct err_info *info)
{
	unsigned char secret[SECRET_BYTES];
	char token[KEY_TOKEN] = TOKEN_PREFIX;
	struct create cr = { .key = key, .token = token };
	enum err err;

	if (key->role <= ROLE_NONE || key->role >= ROLE_COUNT)
		return err_at(info, ERR_INVALID, "/role", "not_allowed",
			      "没有该角色 / no such role");
	if (!is_region(key->region))
		return err_at(
			info, ERR_INVALID, "/region", "bad_format",
			"应为 2、4、6 位地区代码或学校标识码 / must be a code of 2, 4 or 6 digits, "
			"or a school's");
	if (key->expires_at[0] && !is_time(key->expires_at))
		return bad_time(info);
	randombytes_buf(secret, sizeof(secret));
	sodium_bin2base64(token + strlen(TOKEN_PREFIX), sizeof(token) - strlen(TOKEN_PREFIX),
			  secret, sizeof(secret), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(secret, sizeof(secret));
	err = store_run(store, create_work, &cr, info);
	if (!err) {
		*ret_id = cr.id;
		str_copy(ret_token, KEY_TOKEN, token);
	}
	sodium_memzero(token, sizeof(token));
	return err;
}

static enum err read_key(struct row *r, struct api_key *out, struct err_info *info)
{
	const char *role;

	out->id = row_int(r);
	row_text(r, out->label, sizeof(out->label));
	role = row_borrow(r);
	if (!role_parse(role, &out->role))
		return err_set(info, ERR_DB, "a key of unknown role '%s'", role);
	row_text(r, out->region, sizeof(out->region));
	row_text(r, out->created_at, sizeof(out->created_at));
	row_text_or(r, out->expires_at, sizeof(out->expires_at), "");
	row_text_or(r, out->revoked_at, sizeof(out->revoked_at), "");
	return ERR_OK;
}

static void auto_key_list_release(struct api_key_list *list)
{
	api_key_list_release(list);
}
#define auto_key_list AUTO(auto_key_list_release)

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	struct api_key_list *out = context;
	struct api_key_list auto_key_list list = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	enum err err = store_query(c, &b, QUERY_KEY_LIST, NULL, info);

	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n ? list.n : 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu keys", list.n);
	for (size_t i = 0; i < list.n; i++) {
		struct row r = row_at(batch_result(&b, 0), (int)i);

		err = read_key(&r, &list.items[i], info);
		if (!err)
			err = row_end(&r, info);
		if (err)
			return err;
	}
	*out = list;
	list.items = NULL;
	return ERR_OK;
}

enum err store_key_list(struct store *store, struct api_key_list *out, struct err_info *info)
{
	return store_run(store, list_work, out, info);
}

static enum err revoke_work(struct conn *c, void *context, struct err_info *info)
{
	const int64_t *id = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_int(&p, *id);
	err = store_query(c, &b, QUERY_KEY_REVOKE, &p, info);
	if (!err && !PQntuples(batch_result(&b, 0)))
		err = err_set(info, ERR_NOT_FOUND, "没有该密钥 / no such key");
	return err;
}

enum err store_key_revoke(struct store *store, int64_t id, struct err_info *info)
{
	return store_run(store, revoke_work, &id, info);
}

struct find {
	const char *token;
	const char *code;
	struct api_key key;
	struct school school;
	int64_t version; /* of the school, 0: none */
};

static enum err read_found(const PGresult *result, struct find *f, struct err_info *info)
{
	struct row r = row_at(result, 0);
	enum err err = read_key(&r, &f->key, info);

	if (err)
		return err;
	f->version = 0;
	if (row_is_null(&r)) {
		row_skip(&r, SCHOOL_COLUMNS + 1);
	} else {
		school_columns(&r, &f->school);
		f->version = row_int(&r);
	}
	return row_end(&r, info);
}

static enum err find_work(struct conn *c, void *context, struct err_info *info)
{
	struct find *f = context;
	struct batch auto_batch b = { .n = 0 };
	char hash[HASH_TEXT];
	struct params p;
	enum err err;

	hash_token(f->token, hash);
	params_init(&p);
	params_text(&p, hash);
	params_text(&p, f->code);
	err = store_query(c, &b, QUERY_KEY_FIND, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return err_set(info, ERR_UNAUTHORIZED,
			       "密钥无效、已过期或已吊销 / the key is unknown, expired or revoked");
	return read_found(batch_result(&b, 0), f, info);
}

enum err store_key_find(struct store *store, const char *token, const char *code,
			struct api_key *ret_key, struct school *ret_school, int64_t *ret_version,
			struct err_info *info)
{
	struct find f = { .token = token, .code = code };
	enum err err;

	if (!is_token(token))
		return err_set(info, ERR_UNAUTHORIZED, "不是本系统的密钥 / not a key of ours");
	err = store_run(store, find_work, &f, info);
	if (err)
		return err;
	*ret_key = f.key;
	*ret_school = f.school;
	*ret_version = f.version;
	return ERR_OK;
}
