/* SPDX-License-Identifier: Apache-2.0 */
/* A sheet's columns once they are known: what is wrong with them, and which is which. */
#include "base/str.h"
#include "json/sheet_map.h"

static const char *const role_names[] = {
	[HEADING_NONE] = "",       [HEADING_KNOWN] = "",      [HEADING_COLUMN] = "",
	[HEADING_FIELD] = "field", [HEADING_VALUE] = "value", [HEADING_UNIT] = "unit",
};

bool sheet_column_is_read(const struct sheet_column *column)
{
	return column->role >= HEADING_COLUMN && column->problem == COLUMN_FINE;
}

const char *sheet_column_name(const struct sheet_column *column)
{
	if (column->role == HEADING_COLUMN)
		return column->column.name;
	return role_names[column->role];
}

/* What a column's figure is counted in; of keys and of what a province declares nothing is said. */
static bool unit_of(const struct column *c, enum unit *out)
{
	if (c->kind == COLUMN_STAGE)
		*out = UNIT_COUNT;
	else if (c->kind == COLUMN_SITE)
		*out = site_fields[c->field].unit;
	else if (c->kind == COLUMN_ROOMS)
		*out = UNIT_AREA;
	else
		return false;
	return true;
}

/* A unit that a note names is that of columns which name none. How large each room is, it does not
 * say. */
static void take_note(const struct sheet_map *map, struct sheet_column *column)
{
	enum unit unit;

	if (column->noted)
		column->unit = NULL;
	column->noted = !column->unit && !column->chosen && column->role == HEADING_COLUMN &&
			column->column.kind != COLUMN_ROOMS && unit_of(&column->column, &unit) &&
			map->said.unit[unit] && !map->said.several[unit];
	if (column->noted)
		column->unit = map->said.unit[unit];
}

/* Of a column without a unit: whether it may be another than the stored one. */
static bool is_unit_in_doubt(const struct sheet_map *map, const struct sheet_column *column,
			     enum unit unit)
{
	return !column->chosen && (unit == UNIT_MONEY || map->said.several[unit]);
}

static enum column_problem problem_of_unit(const struct sheet_map *map,
					   const struct sheet_column *column)
{
	const bool rooms = column->column.kind == COLUMN_ROOMS;
	enum unit unit;

	if (!unit_of(&column->column, &unit))
		return COLUMN_FINE;
	if (column->unit) {
		const int power = column->unit->power;
		/* A list of areas is read as it stands: nobody measures a room in 万平方米. */
		const bool taken = power != OFFICE_UNIT_STRANGE && !(rooms && power);

		return taken && column->unit->unit == unit ? COLUMN_FINE : COLUMN_WRONG_UNIT;
	}
	if (rooms)
		return column->chosen || column->picked ? COLUMN_FINE : COLUMN_AREA_MISSING;
	return is_unit_in_doubt(map, column, unit) ? COLUMN_UNIT_MISSING : COLUMN_FINE;
}

static bool is_same(const struct sheet_column *a, const struct sheet_column *b)
{
	if (a->role != b->role)
		return false;
	return a->role > HEADING_COLUMN ||
	       (a->role == HEADING_COLUMN && a->problem != COLUMN_AMBIGUOUS &&
		b->problem != COLUMN_AMBIGUOUS && str_equal(a->column.name, b->column.name));
}

static void find_doubled(struct sheet_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (is_same(&map->at[i], &map->at[k]))
				map->at[i].problem = map->at[k].problem = COLUMN_DOUBLED;
		}
	}
}

void sheet_map_settle(struct sheet_map *map)
{
	size_t figures = 0;

	for (size_t i = 0; i < map->n; i++) {
		struct sheet_column *c = &map->at[i];

		take_note(map, c);
		if (c->role > HEADING_COLUMN)
			c->problem = COLUMN_FINE;
		if (c->role != HEADING_COLUMN || c->problem == COLUMN_AMBIGUOUS)
			continue;
		c->problem = problem_of_unit(map, c);
		figures += c->column.kind >= COLUMN_STAGE;
	}
	find_doubled(map);
	map->form = SHEET_FORM_NONE;
	if (sheet_map_role(map, HEADING_FIELD) >= 0 && sheet_map_role(map, HEADING_VALUE) >= 0)
		map->form = SHEET_FORM_COUNTY;
	else if (figures ||
		 (sheet_map_has_figures(map) && sheet_map_column(map, COLUMN_SCHOOL) >= 0))
		map->form = SHEET_FORM_SCHOOLS;
}

int sheet_map_column(const struct sheet_map *map, enum column_kind kind)
{
	for (size_t i = 0; i < map->n; i++) {
		if (map->at[i].role == HEADING_COLUMN && map->at[i].column.kind == kind &&
		    sheet_column_is_read(&map->at[i]))
			return (int)i;
	}
	return -1;
}

int sheet_map_role(const struct sheet_map *map, enum heading_role role)
{
	for (size_t i = 0; i < map->n; i++) {
		if (map->at[i].role == role)
			return (int)i;
	}
	return -1;
}

int sheet_map_named(const struct sheet_map *map, const char *name)
{
	for (size_t i = 0; i < map->n; i++) {
		if (sheet_column_is_read(&map->at[i]) &&
		    str_equal(sheet_column_name(&map->at[i]), name))
			return (int)i;
	}
	return -1;
}

bool sheet_map_has_figures(const struct sheet_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		if (map->at[i].role == HEADING_COLUMN && map->at[i].column.kind >= COLUMN_STAGE)
			return true;
	}
	return false;
}
