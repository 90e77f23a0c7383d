/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a standard's document: internal to this layer. Each notes what is wrong and goes on.
 */
#ifndef JSON_STANDARD_READER_H
#define JSON_STANDARD_READER_H

#include "domain/standard.h"
#include "json/reader.h"

/* A whole document. What is right of it is in *out, also where something is wrong. */
enum err standard_read(struct reader *r, json_t *root, struct standard *out) MUST_CHECK;

/* The id of a standard: a-z, 0-9 and '-'. */
void standard_read_id(struct reader *r, const json_t *value, char out[STANDARD_ID]);

/* ^[a-z][a-z0-9_]{0,30}$ */
bool is_field_name(const char *name);

/* ^[A-Z][A-Z0-9_]{1,15}$, and not ^R[0-9]+$: those are of section 4. */
bool is_item_name(const char *name);

/* What a county's report says of an item besides its figures: no field is named so. */
bool is_report_word(const char *name);

/* "fields" that schools report besides those of fields.def. */
void standard_read_fields(struct reader *r, json_t *value, struct standard *s);

/* "items": names, fields and conditions. The school fields of s are read already. */
void standard_read_items(struct reader *r, json_t *value, struct standard *s);

/* One condition of an item; all items of s have their names and fields. */
void standard_read_condition(struct reader *r, json_t *value, const struct standard *s, int item,
			     struct condition *out);

/* The members of a condition of rooms. */
void standard_read_rooms(struct reader *r, json_t *node, struct rooms_rule *out);

/* "of" and "to": references to figures, such as "moved", "-deaths", "G11.moved",
 * "schools.students". */
void standard_read_sum(struct reader *r, json_t *value, const struct standard *s, int item,
		       const struct condition *c, struct sum *out);

/* The unit that the terms of a sum have in common; -1 (unit_mismatch is noted) when they have none.
 */
int standard_sum_unit(struct reader *r, const struct standard *s, const struct sum *sum);

#endif
