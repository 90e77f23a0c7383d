/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON pointer (RFC 6901) that grows and shrinks with a walk. Keys of clients are
 * escaped, and what does not fit is cut: a pointer is for a person to find the place. */
#ifndef JSON_POINTER_H
#define JSON_POINTER_H

#include <stddef.h>

#define POINTER_BYTES 96 /* of struct problem */

struct pointer {
	char text[POINTER_BYTES];
	size_t len;
};

void pointer_init(struct pointer *p);
/* One step down; to go up again, restore len with pointer_cut(). */
void pointer_add(struct pointer *p, const char *key, size_t len);
void pointer_index(struct pointer *p, size_t index);
void pointer_cut(struct pointer *p, size_t len);

#endif
