/* SPDX-License-Identifier: Apache-2.0 */
/* A growable byte string that is born with its largest size.
 *
 *	struct buf b;
 *	buf_init(&b, 64 << 10);
 *	buf_printf(&b, "%d", n);
 *	if (buf_failed(&b)) …           one check at the end
 *	buf_release(&b);
 *
 * After the first failure (limit or memory) a buf takes nothing more and says so:
 * callers append freely and check once. data is always terminated, never NULL. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/err.h"

struct buf {
	char *data;
	size_t len;
	size_t size; /* allocated; 0: data is a static empty string */
	size_t max;
	enum err err; /* ERR_OK, ERR_TOO_BIG or ERR_NOMEM */
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_add(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool buf_failed(const struct buf *b);

/* Hands the bytes to the caller, who frees them; the buf is empty again. NULL when it
 * has failed. */
char *buf_detach(struct buf *b, size_t *ret_len);

static inline void auto_buf_release(struct buf *b)
{
	buf_release(b);
}
#define auto_buf AUTO(auto_buf_release)

#endif
