/* SPDX-License-Identifier: Apache-2.0 */
#include "api/request.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "api/gzip.h"
#include "api/reply.h"
#include "base/str.h"
#include "store/store.h"

const char *path_param(const struct path_params *p, const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < p->n; i++) {
		if (!strncmp(p->name[i], name, len) && p->name[i][len] == '}')
			return p->value[i];
	}
	return "";
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool percent_decode(const char *s, size_t len, bool plus, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (c == '%') {
			if (len - i < 3 || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0)
				return false;
			c = (char)(hex(s[i + 1]) * 16 + hex(s[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0' || n + 1 >= size)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return str_is_text(out, n);
}

/* Whether name is an element of the comma-separated list. */
static bool listed(const char *list, const char *name)
{
	const size_t len = strlen(name);

	while (len && *list) {
		const size_t n = strcspn(list, ",");

		if (n == len && !strncmp(list, name, len))
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

/* Decodes one side of name=value into q->text behind *used. */
static const char *decode_into(struct query *q, size_t *used, const char *s, size_t len)
{
	char *out = q->text + *used;

	if (!percent_decode(s, len, true, out, sizeof(q->text) - *used))
		return NULL;
	*used += strlen(out) + 1;
	return out;
}

bool query_has(const struct query *q, const char *name)
{
	for (size_t i = 0; i < q->n; i++) {
		if (str_equal(q->name[i], name))
			return true;
	}
	return false;
}

enum err query_parse(const char *raw, const char *allowed, struct query *out, struct err_info *info)
{
	size_t used = 0;

	out->n = 0;
	if (strlen(raw) >= sizeof(out->text) / 2)
		return err_set(info, ERR_PARAMETER, "查询串过长 / the query is too long");
	while (*raw) {
		const size_t len = strcspn(raw, "&");
		const size_t name_len = strcspn(raw, "=&");
		const char *name = decode_into(out, &used, raw, name_len);
		const char *value = decode_into(out, &used, raw + name_len + (name_len < len),
						len - name_len - (name_len < len));

		if (!name || !value)
			return err_set(info, ERR_PARAMETER,
				       "查询串编码有误 / the query is badly encoded");
		if (!listed(allowed, name))
			return err_set(info, ERR_PARAMETER,
				       "没有查询参数 '%.40s' / no query parameter '%.40s' here",
				       name, name);
		if (query_has(out, name) || out->n == QUERY_PARAMS_MAX)
			return err_set(info, ERR_PARAMETER,
				       "查询参数 '%s' 重复 / query parameter '%s' is given twice",
				       name, name);
		out->name[out->n] = name;
		out->value[out->n++] = value;
		raw += len + (raw[len] == '&');
	}
	return ERR_OK;
}

const char *query_get(const struct query *q, const char *name)
{
	for (size_t i = 0; i < q->n; i++) {
		if (str_equal(q->name[i], name))
			return q->value[i];
	}
	return "";
}

/* The value of charset=… in the parameters of a media type; NULL without one. */
static bool charset_is_utf8(const char *params)
{
	const char *charset = strcasestr(params, "charset=");

	if (!charset)
		return true;
	charset += strlen("charset=");
	if (*charset == '"')
		charset++;
	return !strncasecmp(charset, "utf-8", 5) &&
	       (charset[5] == '\0' || strchr("\"; \t", charset[5]));
}

bool media_type_named(const char *header, const char *type)
{
	const size_t len = strlen(type);

	return header && !strncasecmp(header, type, len) &&
	       (header[len] == '\0' || strchr("; \t", header[len]));
}

bool media_type_is(const char *header, const char *type)
{
	return media_type_named(header, type) && charset_is_utf8(header + strlen(type));
}

bool accept_names(const char *header, const char *type)
{
	const size_t len = strlen(type);

	while (header && *header) {
		header += strspn(header, " \t,");
		if (!strncasecmp(header, type, len) && strchr("; \t,", header[len]))
			return true;
		header += strcspn(header, ",");
	}
	return false;
}

bool accept_admits(const char *header, const char *type)
{
	char family[64];

	if (!header || !*header || accept_names(header, "*/*") || accept_names(header, type))
		return true;
	str_copy(family, sizeof(family), type);
	str_copy(family + strcspn(family, "/"), 3, "/*");
	return accept_names(header, family);
}

/* One entity tag at s: returns the byte after it, NULL when there is none. */
static const char *tag_end(const char *s)
{
	if (!strncmp(s, "W/", 2))
		s += 2;
	if (*s != '"')
		return NULL;
	s = strchr(s + 1, '"');
	return s ? s + 1 : NULL;
}

/* Bytes of a tag without its quotes (or W/), and without the mark of a packed answer. */
static size_t tag_length(const char *tag, const char *end)
{
	const size_t len = (size_t)(end - tag) - 2;
	const size_t mark = strlen(GZIP_TAG);

	return len > mark && !strncmp(end - 1 - mark, GZIP_TAG, mark) ? len - mark : len;
}

/* The same, and without what a tag says of the body behind the version: see reply.h. */
static size_t version_length(const char *tag, const char *end)
{
	const size_t len = tag_length(tag, end);
	const char *dash;

	if (len <= BODY_TAG_DIGITS + 1)
		return len;
	dash = tag + len - BODY_TAG_DIGITS;
	return *dash == '-' && strspn(dash + 1, "0123456789abcdef") == BODY_TAG_DIGITS
		       ? (size_t)(dash - tag) - 1
		       : len;
}

enum err if_match_parse(const char *header, int64_t *ret_match, struct err_info *info)
{
	const char *end;
	char digits[24];
	int64_t version = 0;
	size_t len;

	if (!header) {
		*ret_match = MATCH_ANY;
		return ERR_OK;
	}
	header += strspn(header, " \t");
	if (*header == '*' && header[1 + strspn(header + 1, " \t")] == '\0') {
		*ret_match = MATCH_EXISTS;
		return ERR_OK;
	}
	end = tag_end(header);
	if (!end || end[strspn(end, " \t")] != '\0')
		return err_set(info, ERR_PARAMETER,
			       "If-Match 须为 * 或一个 ETag / If-Match must be * or one ETag");
	*ret_match = MATCH_NEVER;
	len = version_length(header, end);
	/* A version is written one way only: "0" and "01" are no tags of ours. */
	if (header[0] == '"' && header[1] != '0' && len < sizeof(digits)) {
		memcpy(digits, header + 1, len);
		digits[len] = '\0';
		if (isdigit((unsigned char)digits[0]) && str_to_int64(digits, &version))
			*ret_match = version;
	}
	return ERR_OK;
}

bool if_none_match_has(const char *header, const char *etag)
{
	const size_t len = strlen(etag) - 2;

	while (header && *header) {
		const char *end;

		header += strspn(header, " \t,");
		if (*header == '*')
			return true;
		end = tag_end(header);
		if (!end)
			return false;
		if (!strncmp(header, "W/", 2))
			header += 2;
		if (tag_length(header, end) == len && !strncmp(header + 1, etag + 1, len))
			return true;
		header = end;
	}
	return false;
}
