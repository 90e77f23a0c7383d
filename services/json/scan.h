/* SPDX-License-Identifier: Apache-2.0 */
/* A look at JSON text before and after the parser. The parser recurses once a level and
 * does not say which member it refused: so depth is bounded first, and a refused place is
 * named afterwards. Neither allocates or recurses. */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#define SCAN_DEPTH_MAX 32 /* our documents need 4; targets of a region may nest some more */

/* Brackets outside of strings never nest deeper than SCAN_DEPTH_MAX. */
bool scan_depth_ok(const char *text, size_t len);

/* The JSON pointer of the member or element that ends at, or contains, byte `position` of
 * text that is valid up to there. Cut at size. Keys are taken as they are written: escapes
 * in them are not decoded. */
void scan_pointer(const char *text, size_t position, char *out, size_t size);

#endif
