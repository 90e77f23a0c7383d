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

/* Of declared figures only; false when one is missing or is something else. */
static bool sum_of(const struct report *report, const struct standard *standard,
		   const struct sum *sum, int64_t *out)
{
	*out = 0;
	for (int i = 0; i < sum->n; i++) {
		const struct term *t = &sum->terms[i];
		const int64_t figure =
			t->source == SOURCE_DECLARED
				? report_declared(report, standard->fields[t->field].name)
				: MISSING;

		if (figure == MISSING)
			return false;
		*out += t->minus ? -figure : figure;
	}
	return true;
}

/* Between declared figures, what holds for the county's sums holds for each school. */
static void check_share(struct reader *r, const struct report *report,
			const struct standard *standard, const struct condition *c)
{
	int64_t of, to;
	size_t mark;

	if (!c->share || !sum_of(report, standard, &c->of, &of) ||
	    !sum_of(report, standard, &c->to, &to) || (of >= 0 && of <= to))
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
