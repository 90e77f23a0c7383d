/* SPDX-License-Identifier: Apache-2.0 */
/* application/problem+json (RFC 9457) as text for a person. */
#ifndef CTL_PROBLEM_H
#define CTL_PROBLEM_H

#include "base/buf.h"

/* "404 title: detail", then a line "  /pointer: detail (code)" for each error; no newline at
 * the end. Of a body that is none, the status alone. */
void problem_explain(long status, const char *body, size_t len, struct buf *out);

/* Adds a text without what steers a terminal: the service is ours, but a proxy's answer may be
 * anything. */
void problem_clean(struct buf *out, const char *text);

#endif
