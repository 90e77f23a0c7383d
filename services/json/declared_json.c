/* SPDX-License-Identifier: Apache-2.0 */
/* What schools declare, by what their standard says of it. */
#include "base/decimal.h"
#include "json/documents.h"
#include "json/reader.h"

static void check_figure(struct reader *r, const struct declared_figure *d,
			 const struct standard *standard)
{
	const int f = declared_field_find(standard->fields, standard->fields_n, d->name);

	if (f < 0)
		reader_problem(r, "unknown_field",
			       "标准 %s 没有此字段 / the standard %s has no such field",
			       standard->id, standard->id);
	else if (standard->fields[f].unit == UNIT_COUNT && d->value % DECIMAL_SCALE)
		reader_problem(r, "not_integer", "须为整数 / must be a whole number");
}

/* Hundredths, as declared figures are. Of a stage that is not reported, nothing is known. */
static int64_t stage_figure(const struct report *report, int stage, int field)
{
	const struct stage_report *r = &report->stages[stage];

	return r->present && r->figure[field] != MISSING ? r->figure[field] * DECIMAL_SCALE
							 : MISSING;
}

/* Of one stage, or of the compulsory ones together as far as they are there. */
static int64_t stages_figure(const struct report *report, int only, int field)
{
	int64_t sum = MISSING;

	if (only >= 0)
		return stage_figure(report, only, field);
	for (int stage = 0; stage < JUDGED_STAGES; stage++) {
		const int64_t figure = stage_figure(report, stage, field);

		if (!report->stages[stage].present)
			continue;
		if (figure == MISSING)
			return MISSING;
		sum = sum == MISSING ? figure : sum + figure;
	}
	return sum;
}

static int64_t figure_of(const struct report *report, const struct standard *standard,
			 const struct condition *c, const struct term *t)
{
	if (t->source == SOURCE_DECLARED)
		return report_declared(report, standard->fields[t->field].name);
	if (t->source == SOURCE_STAGE && t->field != STAGE_largest_class)
		return stages_figure(report, c->stage, t->field);
	return MISSING;
}

/* Of figures of the school; false when one is missing or is something else. */
static bool sum_of(const struct report *report, const struct standard *standard,
		   const struct condition *c, const struct sum *sum, int64_t *out)
{
	*out = 0;
	for (int i = 0; i < sum->n; i++) {
		const int64_t figure = figure_of(report, standard, c, &sum->terms[i]);

		if (figure == MISSING)
			return false;
		*out += sum->terms[i].minus ? -figure : figure;
	}
	return true;
}

/* What holds for the county's sums holds for each school. At the first field of the part: where
 * that is no declared one, the report's own rules are about it. */
static void check_share(struct reader *r, const struct report *report,
			const struct standard *standard, const struct condition *c)
{
	int64_t of, to;
	size_t mark;

	if (!c->share || c->of.terms[0].source != SOURCE_DECLARED ||
	    !sum_of(report, standard, c, &c->of, &of) ||
	    !sum_of(report, standard, c, &c->to, &to) || (of >= 0 && of <= to))
		return;
	mark = reader_enter(r, standard->fields[c->of.terms[0].field].name);
	reader_problem(r, "exceeds_whole",
		       "部分须在 0 与整体之间 / the part must lie between 0 and its whole");
	reader_leave(r, mark);
}

enum err json_check_declared(const struct report *report, const struct standard *standard,
			     struct problems *problems)
{
	struct reader r;
	size_t top;

	reader_init(&r, problems);
	top = reader_enter(&r, "declared");
	for (int i = 0; i < report->declared_n; i++) {
		const size_t mark = reader_enter(&r, report->declared[i].name);

		check_figure(&r, &report->declared[i], standard);
		reader_leave(&r, mark);
	}
	for (int i = 0; i < standard->items_n; i++) {
		for (int k = 0; k < standard->items[i].n; k++)
			check_share(&r, report, standard, &standard->items[i].conditions[k]);
	}
	reader_leave(&r, top);
	return reader_result(&r);
}
