/* SPDX-License-Identifier: Apache-2.0 */
/* What an item of a standard asks for, in words and made from its numbers: so that what is read is
 * what is judged. */
#ifndef API_ITEM_TEXT_H
#define API_ITEM_TEXT_H

#include "base/buf.h"
#include "domain/standard.h"

/* One condition of standard->items[item], as "中文 / English". */
void item_text_condition(struct buf *out, const struct standard *standard, size_t item,
			 int condition);

/* "/items/G11/moved", "/stages/primary/teachers" (stage -1: * for both together),
 * "/site/public_funds", "/declared/fitness": where the county's report, or a school's, has the
 * figure. */
void item_text_pointer(struct buf *out, const struct standard *standard, int stage,
		       const struct term *term);

/* In what a term's figure is counted: "persons", "rooms", "classes", "m2", "yuan", "number". */
const char *item_text_unit(const struct standard *standard, const struct term *term);

/* The statistics name of a term's figure. */
const char *item_text_zh(const struct standard *standard, const struct term *term);

#endif
