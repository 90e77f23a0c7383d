/* SPDX-License-Identifier: Apache-2.0 */
/* The texts that cells of a workbook share: a cell names one by its number. Internal to this layer:
 * see workbook.h. */
#ifndef JSON_WORKBOOK_STRINGS_H
#define JSON_WORKBOOK_STRINGS_H

#include "base/buf.h"
#include "json/workbook_package.h"

struct strings {
	struct buf text; /* of all, each terminated */
	uint32_t *at;    /* where each begins */
	size_t n, room;
	bool too_long; /* the one being read */
};

void strings_init(struct strings *s);
void strings_release(struct strings *s);
enum err strings_read(struct strings *s, struct package *p, int64_t part,
		      struct err_info *info) MUST_CHECK;

/* The text with this number: its kind is SHEET_TEXT, SHEET_EMPTY or SHEET_LONG. false when there is
 * none. Valid until strings_release(). */
bool strings_get(const struct strings *s, size_t i, struct sheet_cell *out) MUST_CHECK;

#endif
