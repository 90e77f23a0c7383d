/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that come packed, and answers that are packed for whoever asks for it: Accept-Encoding:
 * gzip.
 *
 * What is packed has other bytes, so its tag is another one: "41-gzip" (RFC 9110, 8.8.3.3). Both
 * name the same version: in If-Match and If-None-Match either will do, whichever the answer was. */
#ifndef API_GZIP_H
#define API_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define GZIP_LEAST 1024 /* bytes: less fits into one packet as it is */
#define GZIP_TAG   "-gzip"

/* How a body comes, by its Content-Encoding header, in whatever letters; NULL: as it is. */
enum coding { CODING_NONE, CODING_GZIP, CODING_UNKNOWN };
enum coding coding_named(const char *header);

/* Whether an answer of this type and length comes in two forms, packed and not. */
bool gzip_pays(const char *content_type, size_t len);

/* Whether an Accept-Encoding header takes gzip; not without one. */
bool gzip_admitted(const char *header);

/* Packs the bytes, for speed. On an error they are as they were. */
enum err gzip_pack(struct buf *body) MUST_CHECK;

#endif
