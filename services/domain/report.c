/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/report.h"

#include <string.h>

#include "base/str.h"

const struct field stage_fields[STAGE_FIELD_COUNT] = {
#define STAGE_FIELD(name, zh, sign) { #name, zh, UNIT_COUNT, sign },
#include "domain/fields.def"
#undef STAGE_FIELD
};

const struct field site_fields[SITE_FIELD_COUNT] = {
#define SITE_FIELD(name, unit, zh, sign) { #name, zh, UNIT_##unit, sign },
#include "domain/fields.def"
#undef SITE_FIELD
};

const struct field room_lists[ROOM_LIST_COUNT] = {
#define ROOM_LIST(name, zh, sign) { #name, zh, UNIT_AREA, sign },
#include "domain/fields.def"
#undef ROOM_LIST
};

const char *const stage_names[STAGE_COUNT] = { "primary", "junior", "senior" };
const char *const stage_zh[STAGE_COUNT] = { "小学", "初中", "高中" };

const struct part stage_parts[STAGE_PARTS] = {
#define STAGE_PART(part, whole) { STAGE_##part, STAGE_##whole },
#include "domain/fields.def"
#undef STAGE_PART
};

const struct part site_parts[SITE_PARTS] = {
#define SITE_PART(part, whole) { SITE_##part, SITE_##whole },
#include "domain/fields.def"
#undef SITE_PART
};

void report_init(struct report *r)
{
	memset(r, 0, sizeof(*r));
	for (int s = 0; s < STAGE_COUNT; s++) {
		for (int f = 0; f < STAGE_FIELD_COUNT; f++)
			r->stages[s].figure[f] = MISSING;
	}
	for (int f = 0; f < SITE_FIELD_COUNT; f++)
		r->site[f] = MISSING;
	for (int l = 0; l < ROOM_LIST_COUNT; l++)
		r->rooms[l].n = -1;
}

static bool figures_equal(const int64_t *a, const int64_t *b, int n)
{
	for (int i = 0; i < n; i++) {
		if (a[i] != b[i])
			return false;
	}
	return true;
}

int64_t report_declared(const struct report *r, const char *name)
{
	for (int i = 0; i < r->declared_n; i++) {
		if (str_equal(r->declared[i].name, name))
			return r->declared[i].value;
	}
	return MISSING;
}

static bool declared_equal(const struct report *a, const struct report *b)
{
	if (a->declared_n != b->declared_n)
		return false;
	for (int i = 0; i < a->declared_n; i++) {
		if (!str_equal(a->declared[i].name, b->declared[i].name) ||
		    a->declared[i].value != b->declared[i].value)
			return false;
	}
	return true;
}

bool report_equal(const struct report *a, const struct report *b)
{
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (a->stages[s].present != b->stages[s].present ||
		    !figures_equal(a->stages[s].figure, b->stages[s].figure, STAGE_FIELD_COUNT))
			return false;
	}
	for (int l = 0; l < ROOM_LIST_COUNT; l++) {
		if (a->rooms[l].n != b->rooms[l].n ||
		    !figures_equal(a->rooms[l].area, b->rooms[l].area, a->rooms[l].n))
			return false;
	}
	return figures_equal(a->site, b->site, SITE_FIELD_COUNT) && declared_equal(a, b);
}

static int64_t add_figure(int64_t a, int64_t b)
{
	if (a == MISSING || b == MISSING)
		return MISSING;
	return a + b < AMOUNT_SUM_MAX ? a + b : AMOUNT_SUM_MAX;
}

static void add_stage(struct stage_report *into, const struct stage_report *campus)
{
	const int64_t largest = into->figure[STAGE_largest_class];
	const int64_t other = campus->figure[STAGE_largest_class];

	for (int f = 0; f < STAGE_FIELD_COUNT; f++)
		into->figure[f] = add_figure(into->figure[f], campus->figure[f]);
	if (largest != MISSING && other != MISSING)
		into->figure[STAGE_largest_class] = largest > other ? largest : other;
}

static void add_rooms(struct rooms *into, const struct rooms *campus)
{
	if (into->n < 0 || campus->n < 0) {
		into->n = -1;
		return;
	}
	for (int i = 0; i < campus->n && into->n < ROOMS_MAX; i++)
		into->area[into->n++] = campus->area[i];
}

/* What either misses is left out. */
static void add_declared(struct report *into, const struct report *campus)
{
	int n = 0;

	for (int i = 0; i < into->declared_n; i++) {
		struct declared_figure sum = into->declared[i];

		sum.value = add_figure(sum.value, report_declared(campus, sum.name));
		if (sum.value != MISSING)
			into->declared[n++] = sum;
	}
	into->declared_n = n;
}

void report_add(struct report *into, const struct report *campus)
{
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (!campus->stages[s].present)
			continue;
		if (into->stages[s].present)
			add_stage(&into->stages[s], &campus->stages[s]);
		else
			into->stages[s] = campus->stages[s];
	}
	for (int f = 0; f < SITE_FIELD_COUNT; f++)
		into->site[f] = add_figure(into->site[f], campus->site[f]);
	for (int l = 0; l < ROOM_LIST_COUNT; l++)
		add_rooms(&into->rooms[l], &campus->rooms[l]);
	add_declared(into, campus);
}
