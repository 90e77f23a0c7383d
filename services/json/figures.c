/* SPDX-License-Identifier: Apache-2.0 */
#include "json/figures.h"

#include "domain/county_report.h"

const char *term_zh(const struct standard *standard, const struct term *term)
{
	switch (term->source) {
	case SOURCE_ITEM:
		return standard->items[term->item].fields[term->field].zh;
	case SOURCE_STAGE:
		return stage_fields[term->field].zh;
	case SOURCE_SITE:
		return site_fields[term->field].zh;
	case SOURCE_DECLARED:
		break;
	}
	return standard->fields[term->field].zh;
}

const char *term_name(const struct standard *standard, const struct term *term)
{
	switch (term->source) {
	case SOURCE_ITEM:
		return standard->items[term->item].fields[term->field].name;
	case SOURCE_STAGE:
		return stage_fields[term->field].name;
	case SOURCE_SITE:
		return site_fields[term->field].name;
	case SOURCE_DECLARED:
		break;
	}
	return standard->fields[term->field].name;
}

void term_pointer(struct buf *out, const struct standard *standard, int stage,
		  const struct term *term)
{
	const char *name = term_name(standard, term);

	switch (term->source) {
	case SOURCE_ITEM:
		buf_printf(out, "/items/%s/%s", standard->items[term->item].name, name);
		return;
	case SOURCE_STAGE:
		buf_printf(out, "/stages/%s/%s", stage < 0 ? "*" : stage_names[stage], name);
		return;
	case SOURCE_SITE:
		buf_printf(out, "/site/%s", name);
		return;
	case SOURCE_DECLARED:
		buf_printf(out, "/declared/%s", name);
	}
}

static const char *unit_name(enum unit unit, const char *count)
{
	switch (unit) {
	case UNIT_AREA:
		return "m2";
	case UNIT_MONEY:
		return "yuan";
	case UNIT_COUNT:
		break;
	}
	return count;
}

const char *term_unit(const struct standard *standard, const struct term *term)
{
	switch (term->source) {
	case SOURCE_ITEM:
		return unit_name(standard->items[term->item].fields[term->field].unit, "number");
	case SOURCE_STAGE:
		return term->field == STAGE_classes || term->field == STAGE_oversized_classes
			       ? "classes"
			       : "persons";
	case SOURCE_SITE:
		return unit_name(site_fields[term->field].unit, "rooms");
	case SOURCE_DECLARED:
		break;
	}
	return unit_name(standard->fields[term->field].unit, "number");
}

static bool on_site(const struct figure_ref *f)
{
	return f->stage < 0;
}

void figure_pointer(struct buf *out, const struct figure_ref *f)
{
	if (on_site(f))
		buf_printf(out, "/site/%s", site_fields[f->field].name);
	else
		buf_printf(out, "/stages/%s/%s", stage_names[f->stage],
			   stage_fields[f->field].name);
}

const char *figure_unit(const struct figure_ref *f)
{
	return on_site(f) ? unit_name(site_fields[f->field].unit, "rooms") : "teachers";
}
