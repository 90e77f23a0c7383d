/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence that a county gave for an item: kept with its document, and only ever shown. */
#ifndef JSON_EVIDENCE_H
#define JSON_EVIDENCE_H

#include "base/buf.h"

/* "evidence" of an item of a stored document, as a JSON string; null when there is none, or no
 * document (NULL). */
void json_write_evidence(const char *document, const char *item, struct buf *out);

#endif
