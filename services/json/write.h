/* SPDX-License-Identifier: Apache-2.0 */
/* Small pieces of JSON text, written straight into a buf: our answers are flat enough that
 * building a tree first would only cost. Every function writes one value or one member. */
#ifndef JSON_WRITE_H
#define JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* A quoted and escaped string. The text is valid UTF-8: readers saw to that. (Not called
 * json_string: that is one of Jansson, and the linker would put ours in its place.) */
void json_text(struct buf *out, const char *s);

/* The shortest decimal that reads back as the same double; null when not finite. */
void json_double(struct buf *out, double value);

/* Hundredths as an exact decimal without trailing zeros: 420 is 4.2. */
void json_hundredths(struct buf *out, int64_t hundredths);

/* ,"name": – or "name": when the buf ends with an opening brace. */
void json_name(struct buf *out, const char *name);

/* Whole members: a name and its value. */
void json_member_text(struct buf *out, const char *name, const char *value);
/* null when value is NULL or "". */
void json_member_text_or_null(struct buf *out, const char *name, const char *value);
void json_member_int(struct buf *out, const char *name, int64_t value);
void json_member_bool(struct buf *out, const char *name, bool value);
/* null when value is NULL. */
void json_member_double(struct buf *out, const char *name, const double *value);

#endif
