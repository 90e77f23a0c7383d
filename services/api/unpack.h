/* SPDX-License-Identifier: Apache-2.0 */
/* gzip, unpacked piece by piece. */
#ifndef API_UNPACK_H
#define API_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* What text of tables packs to is far less: more is a bomb. */
#define UNPACK_RATIO_MAX 200

typedef enum err unpack_fn(const char *data, size_t len, void *context, struct err_info *info);

/* Calls fn with the bytes, unpacked when gzip is set. ERR_MALFORMED when it is no whole gzip file
 * (several behind one another are one); ERR_TOO_BIG when it is more than UNPACK_RATIO_MAX times as
 * large; fn's errors. */
enum err unpack(bool gzip, const char *data, size_t len, unpack_fn *fn, void *context,
		struct err_info *info) MUST_CHECK;

#endif
