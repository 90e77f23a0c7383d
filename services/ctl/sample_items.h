/* SPDX-License-Identifier: Apache-2.0 */
/* What a county of the sample province reports itself, for the items of its standard: everything is
 * met, but for what items.csv says. Made up, like all of the sample. */
#ifndef CTL_SAMPLE_ITEMS_H
#define CTL_SAMPLE_ITEMS_H

#include <stdbool.h>

#include "ctl/sample_json.h"
#include "ctl/sample_plan.h"

/* Writes the members of the county's report of a year. */
void sample_items_write(struct sample_json *w, const struct sample_data *d,
			const struct sample_county *c, int year);

/* Does to the report of c->schools[at] what items.csv says about it. */
void sample_items_change(const struct sample_data *d, const struct sample_county *c, size_t at,
			 int year, struct report *report);

/* Whether a row of items.csv names a figure: one of a school, or of the county itself; without a
 * value also an item or a group of it. */
bool sample_change_is_known(const struct sample_change *change);

#endif
