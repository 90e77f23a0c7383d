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

#endif
