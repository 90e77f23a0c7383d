/* SPDX-License-Identifier: Apache-2.0 */
/* How a record, its values and an indicator's figures look in JSON, wherever they are shown.
 * Members only, without braces. */
#ifndef API_RECORD_VIEW_H
#define API_RECORD_VIEW_H

#include "base/buf.h"
#include "domain/judge.h"

/* school, name, stage, students. */
void record_view_head(struct buf *out, const struct record *r, const struct school *s);

/* value, display, status, floor_met, rounding_sensitive; of a value that a relief added to,
 * relief (which one) and relief_decisive. */
void record_view_value(struct buf *out, const struct record_value *v, int indicator);

/* "display" of an indicator: mean to two decimals, CV to three, as the form rounds. */
void record_view_display(struct buf *out, const struct indicator_judgement *j);

/* An array of names that are kept with commas between. */
void record_view_names(struct buf *out, const char *name, const char *names);

#endif
