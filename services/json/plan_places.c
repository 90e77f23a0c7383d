/* SPDX-License-Identifier: Apache-2.0 */
#include "json/plan_places.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/plan_json.h"
#include "json/pointer.h"
#include "json/sheet_cells.h"

#define PLACES_MAX (PLAN_MILESTONES_MAX + 8 * PLAN_TASKS_MAX + PLAN_SAFEGUARDS_MAX)

struct plan_place {
	char pointer[POINTER_BYTES];
	char cell[SHEET_REFERENCE];
};

struct plan_places {
	size_t n;
	struct plan_place at[PLACES_MAX];
};

struct plan_places *plan_places_new(void)
{
	return calloc(1, sizeof(struct plan_places));
}

void plan_places_free(struct plan_places *places)
{
	free(places);
}

size_t plan_places_count(const struct plan_places *places)
{
	return places->n;
}

void plan_places_add(struct plan_places *places, const char *pointer, const char *cell)
{
	struct plan_place *p = &places->at[places->n];

	if (places->n == PLACES_MAX)
		return;
	places->n++;
	str_copy(p->pointer, sizeof(p->pointer), pointer);
	str_copy(p->cell, sizeof(p->cell), cell);
}

/* The place of the pointer, or of the nearest one above it. */
static const struct plan_place *find(const struct plan_places *places, const char *pointer)
{
	const struct plan_place *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < places->n; i++) {
		const char *at = places->at[i].pointer;
		const size_t n = strlen(at);

		if (n <= longest || !str_starts(pointer, at) ||
		    (pointer[n] != '\0' && pointer[n] != '/'))
			continue;
		longest = n;
		best = &places->at[i];
	}
	return best;
}

void plan_places_name(const struct plan_places *places, struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		const struct plan_place *p = find(places, problems->items[i].pointer);

		if (p)
			str_copy(problems->items[i].pointer, sizeof(problems->items[i].pointer),
				 p->cell);
	}
}
