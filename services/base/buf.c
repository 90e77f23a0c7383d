/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

static char empty[1];

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .data = empty, .max = max };
}

void buf_release(struct buf *b)
{
	if (b->size)
		free(b->data);
	buf_init(b, b->max);
}

/* Room for len more bytes and the end. */
static bool reserve(struct buf *b, size_t len)
{
	size_t size = b->size ? b->size : 256;
	char *data;

	if (b->err)
		return false;
	if (len > b->max || b->len > b->max - len) {
		b->err = ERR_TOO_BIG;
		return false;
	}
	if (b->size > b->len + len)
		return true;
	while (size <= b->len + len)
		size *= 2;
	data = realloc(b->size ? b->data : NULL, size);
	if (!data) {
		b->err = ERR_NOMEM;
		return false;
	}
	if (!b->size)
		data[0] = '\0';
	b->data = data;
	b->size = size;
	return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (!reserve(b, len))
		return;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0) {
		b->err = ERR_NOMEM;
		return;
	}
	if (!reserve(b, (size_t)len))
		return;
	va_start(args, fmt);
	b->len += (size_t)vsnprintf(b->data + b->len, b->size - b->len, fmt, args);
	va_end(args);
}

bool buf_failed(const struct buf *b)
{
	return b->err != ERR_OK;
}

char *buf_detach(struct buf *b, size_t *ret_len)
{
	char *data;

	if (!reserve(b, 0)) {
		buf_release(b);
		return NULL;
	}
	data = b->data;
	if (ret_len)
		*ret_len = b->len;
	buf_init(b, b->max);
	return data;
}
