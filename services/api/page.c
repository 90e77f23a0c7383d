/* SPDX-License-Identifier: Apache-2.0 */
#include "api/page.h"

#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "json/write.h"

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

enum err page_limit(struct call *c, int *ret_limit)
{
	const char *text = query_get(&c->query, "limit");
	int64_t n = PAGE_LIMIT;

	if (text[0] && (!str_to_int64(text, &n) || n < 1 || n > PAGE_LIMIT_MAX))
		return err_set(&c->info, ERR_PARAMETER,
			       "limit 须为 1 到 %d / limit must be 1 to %d", PAGE_LIMIT_MAX,
			       PAGE_LIMIT_MAX);
	*ret_limit = (int)n;
	return ERR_OK;
}

void cursor_write(const char *key, char out[CURSOR_BYTES])
{
	sodium_bin2base64(out, CURSOR_BYTES, (const unsigned char *)key, strlen(key), VARIANT);
}

bool cursor_read(const char *cursor, char out[CURSOR_KEY])
{
	unsigned char key[CURSOR_KEY];
	size_t len = 0;

	if (sodium_base642bin(key, sizeof(key) - 1, cursor, strlen(cursor), NULL, &len, NULL,
			      VARIANT) != 0)
		return false;
	key[len] = '\0';
	if (len == 0 || strlen((const char *)key) != len || !str_is_text((const char *)key, len))
		return false;
	memcpy(out, key, len + 1);
	return true;
}

enum err page_bad_cursor(struct call *c)
{
	return err_set(&c->info, ERR_PARAMETER, "cursor 有误 / the cursor is not one of ours");
}

enum err page_cursor(struct call *c, char out[CURSOR_KEY])
{
	const char *text = query_get(&c->query, "cursor");

	if (!text[0]) {
		out[0] = '\0';
		return ERR_OK;
	}
	return cursor_read(text, out) ? ERR_OK : page_bad_cursor(c);
}

enum err page_cursor_number(struct call *c, int64_t *ret_number)
{
	char key[CURSOR_KEY];
	const enum err e = page_cursor(c, key);
	int64_t number = 0;

	if (e != ERR_OK || !key[0])
		return e;
	if (!str_to_int64(key, &number) || number < 1)
		return page_bad_cursor(c);
	*ret_number = number;
	return ERR_OK;
}

enum err page_number(struct call *c, const char *text, const char *name, int64_t *ret_number)
{
	int64_t number = 0;

	if (!str_to_int64(text, &number) || number < 0)
		return err_set(&c->info, ERR_PARAMETER,
			       "%s 须为列表中的序号 / %s must be a number of the list", name, name);
	*ret_number = number;
	return ERR_OK;
}

enum err page_after(struct call *c, int64_t *ret_after)
{
	const char *after = query_get(&c->query, "after");
	const char *cursor = query_get(&c->query, "cursor");

	if (after[0] && cursor[0])
		return err_set(&c->info, ERR_PARAMETER,
			       "after 与 cursor 只能用一个 / give after or cursor, not both");
	if (after[0])
		return page_number(c, after, "after", ret_after);
	return cursor[0] ? page_number(c, cursor, "cursor", ret_after) : ERR_OK;
}

/* Unreserved characters as they are, all else escaped. */
static void add_encoded(struct buf *out, const char *s)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *s; s++) {
		if (strchr(plain, *s))
			buf_add(out, s, 1);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)*s);
	}
}

static void write_link(struct call *c, const char *parameter, const char *next)
{
	auto_buf struct buf link;

	buf_init(&link, LINK_BYTES - 1);
	buf_printf(&link, "<%s?", c->rq->path);
	for (size_t i = 0; i < c->query.n; i++) {
		if (str_equal(c->query.name[i], "cursor") || str_equal(c->query.name[i], parameter))
			continue;
		add_encoded(&link, c->query.name[i]);
		buf_str(&link, "=");
		add_encoded(&link, c->query.value[i]);
		buf_str(&link, "&");
	}
	buf_printf(&link, "%s=", parameter);
	add_encoded(&link, next);
	buf_str(&link, ">; rel=\"next\"");
	if (!buf_failed(&link))
		str_copy(c->rp->link, sizeof(c->rp->link), link.data);
}

void page_end(struct call *c, const char *parameter, const char *next)
{
	struct buf *out = &c->rp->body;

	buf_str(out, "]");
	json_name(out, "next");
	if (next) {
		json_text(out, next);
		write_link(c, parameter, next);
	} else {
		buf_str(out, "null");
	}
	buf_str(out, "}");
}

void page_end_key(struct call *c, const char *last)
{
	char cursor[CURSOR_BYTES];

	if (last)
		cursor_write(last, cursor);
	page_end(c, "cursor", last ? cursor : NULL);
}

void page_end_number(struct call *c, bool more, int64_t last)
{
	char key[INT64_TEXT];

	str_from_int64(last, key);
	page_end_key(c, more ? key : NULL);
}
