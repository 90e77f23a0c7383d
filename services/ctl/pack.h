/* SPDX-License-Identifier: Apache-2.0 */
/* gzip, of one part at a time. */
#ifndef CTL_PACK_H
#define CTL_PACK_H

#include <stdbool.h>
#include <stddef.h>

/* The service takes what unpacks to 200 times as much for a bomb: what packs that well goes as it
 * is. */
#define PACK_RATIO_MAX 100

/* Packs into out[size], a whole gzip file. 0 when it does not pay, does not fit, or packs better
 * than PACK_RATIO_MAX. */
size_t pack(const char *data, size_t len, char *out, size_t size);

#endif
