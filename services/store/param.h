/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of a statement, all as text: libpq takes them apart from the statement,
 * so nothing is ever quoted or concatenated. */
#ifndef STORE_PARAM_H
#define STORE_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define PARAMS_MAX 48
#define PARAM_TEXT 32

struct params {
	int n;
	const char *value[PARAMS_MAX];
	char text[PARAMS_MAX][PARAM_TEXT]; /* of the numbers */
};

void params_init(struct params *p);
void params_text(struct params *p, const char *text); /* borrowed; NULL is NULL */
void params_int(struct params *p, int64_t value);
void params_bool(struct params *p, bool value);
void params_double(struct params *p, double value);

/* The same, but NULL when the value is null_value. */
void params_int_or(struct params *p, int64_t value, int64_t null_value);
void params_text_or(struct params *p, const char *text, const char *null_text);

/* Hundredths; MISSING is NULL. */
void params_decimal(struct params *p, int64_t hundredths);

/* An array literal that is put together element by element and then bound as one
 * parameter. Texts are codes and names of ours: they need no quotes. */
struct array {
	struct buf text;
};

#define ARRAY_MAX ((size_t)4 << 20) /* bytes: of the judged items of a batch of counties */

void array_init(struct array *a);
void array_release(struct array *a);
void array_text(struct array *a, const char *text);   /* NULL is NULL */
void array_quoted(struct array *a, const char *text); /* any text, an array's among them */
void array_int(struct array *a, int64_t value);
void array_double(struct array *a, bool has, double value);
void array_decimal(struct array *a, int64_t hundredths);

/* Ends the literal; NULL when it has failed (memory). Borrowed until released. */
const char *array_end(struct array *a);

static inline void auto_array_release(struct array *a)
{
	array_release(a);
}
#define auto_array AUTO(auto_array_release)

#endif
