/* SPDX-License-Identifier: Apache-2.0 */
/* One error enum for the whole program, and how details of a failure travel.
 *
 * A fallible function returns `enum err`, ERR_OK being 0, and on failure leaves
 * its output parameters untouched. Details for a person go to a caller-owned
 * `struct err_info`, which may be NULL where a caller does not care. Code below
 * the edges never logs: the edge that answers or gives up logs once. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

#define MUST_CHECK             __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* Drops a result on purpose; the reason is for the reader. */
#define IGNORE(call, reason) \
	do {                 \
		if (call) {  \
		}            \
	} while (0)

enum err {
#define ERR(code, http, slug, text) ERR_##code,
#include "base/err.def"
#undef ERR
	ERR_COUNT
};

/* Filled only on failure. Owns no heap memory; text is cut at its size on a
 * UTF-8 boundary. */
struct err_info {
	enum err code;
	char pointer[96]; /* JSON pointer of the offending input, or "" */
	char reason[32];  /* machine-readable code of the detail, or "" */
	char text[256];   /* for a person, "zh / en" */
};

int err_http(enum err code);
const char *err_slug(enum err code);
const char *err_text(enum err code);

/* Fills *info (when not NULL) and returns code, so that a failing function can
 * end with `return err_set(...)`. */
enum err err_set(struct err_info *info, enum err code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same, naming the field by JSON pointer and the detail by a code. */
enum err err_at(struct err_info *info, enum err code, const char *pointer, const char *reason,
		const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
