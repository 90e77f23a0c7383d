/* SPDX-License-Identifier: Apache-2.0 */
/* Where the members of a plan's document have their cells: whoever sent a workbook is told of its
 * cells, not of a document that they have never seen. */
#ifndef JSON_PLAN_PLACES_H
#define JSON_PLAN_PLACES_H

#include <stddef.h>

#include "base/auto.h"
#include "base/problems.h"

struct plan_places;

struct plan_places *plan_places_new(void);         /* NULL: no memory */
void plan_places_free(struct plan_places *places); /* accepts NULL */
size_t plan_places_count(const struct plan_places *places);

/* What a plan can have no more of has no place. */
void plan_places_add(struct plan_places *places, const char *pointer, const char *cell);

/* Pointers of the document become cells: "年度目标!F12". */
void plan_places_name(const struct plan_places *places, struct problems *problems);

static inline void auto_plan_places_release(struct plan_places **p)
{
	plan_places_free(*p);
}
#define auto_plan_places AUTO(auto_plan_places_release)

#endif
