/* SPDX-License-Identifier: Apache-2.0 */
/* Strings and strict parsing. Nothing here guesses: a number with a trailing
 * blank, a sign where none belongs or one digit too many is not that number. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies src into dst[size], cut on a UTF-8 boundary, always terminated. */
void str_copy(char *dst, size_t size, const char *src);

/* Drops an incomplete UTF-8 sequence from the end of a string that was cut. */
void str_trim_utf8(char *s);

bool str_equal(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);

/* Exactly n decimal digits. */
bool str_is_digits(const char *s, size_t n);

/* An optional minus, digits, nothing else; false on overflow. */
bool str_to_int64(const char *s, int64_t *ret_value);

/* The same back, terminated. Returns how many bytes it is. */
#define INT64_TEXT 21
size_t str_from_int64(int64_t value, char out[INT64_TEXT]);

bool str_is_utf8(const char *s, size_t len);

/* Puts '?' in the place of every byte that makes a text of someone else's no UTF-8. */
void str_mend_utf8(char *s);

/* UTF-8 without control characters: what a name may hold. */
bool str_is_text(const char *s, size_t len);
/* Nothing, or nothing but spaces: also the wide one of Chinese texts. */
bool str_is_blank(const char *s);

#endif
