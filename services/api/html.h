/* SPDX-License-Identifier: Apache-2.0 */
/* Pages in Chinese that need nothing else: no script, no picture or font from elsewhere; made for
 * paper as well. Well-formed as XML, too. */
#ifndef API_HTML_H
#define API_HTML_H

#include "base/buf.h"

/* Content-Security-Policy: nothing but what the page itself holds. */
#define HTML_POLICY                                                                            \
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; " \
	"frame-ancestors 'none'"

/* The page up to its title, which the caller writes; from there on into the body, which the caller
 * ends with html_end(). */
void html_begin(struct buf *out);
void html_body(struct buf *out);
void html_end(struct buf *out);

/* Escaped, between tags and in attributes alike. */
void html_text(struct buf *out, const char *text);

#endif
