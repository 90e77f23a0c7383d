/* SPDX-License-Identifier: Apache-2.0 */
/* How bulletins are told: the bytes that are published, and what lists and answers say of them. */
#ifndef API_PUBLICATION_VIEW_H
#define API_PUBLICATION_VIEW_H

#include "base/buf.h"
#include "store/publications.h"

/* The whole, as it is kept; and as a page for people (publication_page.c). */
void publication_view_bulletin(struct buf *out, const struct bulletin *b);
void publication_view_page(struct buf *out, const struct bulletin *b);

/* Counts the counties of a prefecture, from its first one on: they are neighbours. Returns where
 * the next prefecture begins. */
size_t publication_view_count(const struct bulletin *b, size_t from,
			      int64_t counties[COUNTY_STATES]);

/* id, number, label, region, name, period, title, note, published_at: members, without braces. */
void publication_view_head(struct buf *out, const struct publication *p);

/* { "id", "number" }, or null. */
void publication_view_ref(struct buf *out, const char *name, const struct publication_ref *ref);

/* An array of counties: from what to what. */
void publication_view_corrections(struct buf *out, const char *name,
				  const struct corrections *list);

#endif
