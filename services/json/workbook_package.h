/* SPDX-License-Identifier: Apache-2.0 */
/* The zip that a workbook is, and its parts, unpacked piece by piece. Internal to this layer: see
 * workbook.h. What the zip says of sizes is never believed: bytes are counted as they come out. */
#ifndef JSON_WORKBOOK_PACKAGE_H
#define JSON_WORKBOOK_PACKAGE_H

#include "json/workbook.h"

#define PACKAGE_NAME 256 /* bytes of a part's name, with its end */

struct package;

/* The bytes are borrowed until package_free(). */
enum err package_open(const char *bytes, size_t len, struct package **ret_package,
		      struct err_info *info) MUST_CHECK;
void package_free(struct package *p); /* accepts NULL */

/* The part of this name ("xl/workbook.xml"; ASCII letters of either case), or -1. */
int64_t package_find(const struct package *p, const char *name);

/* A target of a relationship, as the part's name that it means: relative to the folder of the part
 * `from`, or from the root ("/xl/…"). false when it leaves the package or is too long. */
bool package_resolve(const char *from, const char *target, char out[PACKAGE_NAME]) MUST_CHECK;

/* Anything but ERR_OK ends the reading with it. */
typedef enum err package_fn(const char *data, size_t len, bool last, void *context,
			    struct err_info *info);

/* Calls fn for each piece, and once with last (and no bytes) when all was unpacked and its checksum
 * is right. */
enum err package_read(struct package *p, int64_t part, package_fn *fn, void *context,
		      struct err_info *info) MUST_CHECK;

#endif
