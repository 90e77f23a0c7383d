/* SPDX-License-Identifier: Apache-2.0 */
#include "api/gzip.h"

#include <string.h>
#include <strings.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/str.h"

#define CHUNK       (16u << 10)
#define WINDOW_BITS (MAX_WBITS + 16) /* 16: with the head and the end of gzip */
#define MEMORY      8                /* zlib's default */

/* The beginnings of what shrinks. Workbooks and PDF are packed by themselves. */
static const char *const types[] = { "application/json", "application/problem+json", "text/",
				     "image/svg+xml" };

enum coding coding_named(const char *header)
{
	static const struct {
		const char *name;
		enum coding coding;
	} codings[] = {
		{ "identity", CODING_NONE },
		{ "gzip", CODING_GZIP },
		{ "x-gzip", CODING_GZIP },
	};

	for (size_t i = 0; header && i < ARRAY_LEN(codings); i++) {
		if (strcasecmp(header, codings[i].name) == 0)
			return codings[i].coding;
	}
	return header ? CODING_UNKNOWN : CODING_NONE;
}

bool gzip_pays(const char *content_type, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(types) && len >= GZIP_LEAST; i++) {
		if (str_starts(content_type, types[i]))
			return true;
	}
	return false;
}

/* Whether one element of the header, without blanks before it, names the coding. */
static bool names(const char *element, const char *coding)
{
	const size_t len = strcspn(element, " \t;,");

	return len == strlen(coding) && strncasecmp(element, coding, len) == 0;
}

/* q of an element: 0 only when it is written so. */
static bool is_refused(const char *element)
{
	const char *q = element + strcspn(element, ";,");

	q += strspn(q, "; \t");
	if (strncasecmp(q, "q=", 2) != 0)
		return false;
	q += 2;
	return q[strspn(q, "0.")] == '\0' || strchr(" \t,", q[strspn(q, "0.")]);
}

bool gzip_admitted(const char *header)
{
	bool any = false;

	while (header && *header) {
		header += strspn(header, " \t,");
		if (names(header, "gzip") || names(header, "x-gzip"))
			return !is_refused(header);
		if (names(header, "*"))
			any = !is_refused(header);
		header += strcspn(header, ",");
	}
	return any;
}

static enum err deflate_all(z_stream *z, struct buf *out)
{
	unsigned char chunk[CHUNK];
	int code;

	do {
		z->next_out = chunk;
		z->avail_out = sizeof(chunk);
		code = deflate(z, Z_FINISH);
		buf_add(out, chunk, sizeof(chunk) - z->avail_out);
	} while (code == Z_OK);
	return code == Z_STREAM_END && !buf_failed(out) ? ERR_OK : ERR_NOMEM;
}

enum err gzip_pack(struct buf *body)
{
	z_stream z = { .next_in = (const unsigned char *)body->data,
		       .avail_in = (unsigned)body->len };
	const struct buf plain = *body;
	auto_buf struct buf out;
	enum err e;

	buf_init(&out, body->max);
	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, WINDOW_BITS, MEMORY, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return ERR_NOMEM;
	e = deflate_all(&z, &out);
	deflateEnd(&z);
	if (e != ERR_OK)
		return e;
	*body = out;
	out = plain; /* and is released */
	return ERR_OK;
}
