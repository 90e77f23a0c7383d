/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that is wrong with a document, reported at once. */
#ifndef BASE_PROBLEMS_H
#define BASE_PROBLEMS_H

#include <stddef.h>

#include "base/err.h"

#define PROBLEMS_MAX 50

struct problem {
	char pointer[160]; /* JSON pointer: "/stages/primary/students"; or "Sheet1!F12" */
	char code[24];     /* "negative", "unknown_field", … */
	char detail[200];  /* for a person, "zh / en": what is wrong and what would be right */
};

struct problems {
	size_t n;
	size_t more; /* found beyond PROBLEMS_MAX */
	struct problem items[PROBLEMS_MAX];
};

void problems_add(struct problems *p, const char *pointer, const char *code, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

#endif
