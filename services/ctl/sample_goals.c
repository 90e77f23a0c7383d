/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sample_goals.h"

#include <stdlib.h>

#include "base/auto.h"
#include "base/str.h"
#include "base/timeutil.h"

/* The rows of one county. */
struct rows {
	const struct sample_plan_row *first;
	size_t n;
	int this_year;
};

/* What begins with which rows. */
enum goal_part { PART_MILESTONES, PART_TASKS, PART_SAFEGUARDS, PART_RECOGNITION };

static enum goal_part part_of(const struct sample_plan_row *row)
{
	static const char *const names[] = { [PART_TASKS] = "task",
					     [PART_SAFEGUARDS] = "safeguard",
					     [PART_RECOGNITION] = "recognition" };

	for (size_t i = PART_TASKS; i < ARRAY_LEN(names); i++) {
		if (str_equal(row->what, names[i]))
			return (enum goal_part)i;
	}
	return PART_MILESTONES;
}

static void write_year(struct sample_json *w, const char *name, const struct rows *rows,
		       const struct sample_plan_row *row)
{
	sample_member(w, name);
	fprintf(w->out, "\"%d\"", rows->this_year + (int)row->in);
}

static void write_row(struct sample_json *w, const struct rows *rows,
		      const struct sample_plan_row *row)
{
	const enum goal_part part = part_of(row);

	if (part == PART_SAFEGUARDS) {
		sample_text(w, NULL, row->text);
		return;
	}
	sample_open(w, NULL, '{');
	if (part == PART_MILESTONES)
		sample_text(w, "item", row->what);
	write_year(w, "year", rows, row);
	if (part == PART_TASKS) {
		sample_text(w, "text", row->text);
	} else if (str_equal(row->text, "met")) {
		sample_text(w, "target", row->text);
	} else {
		sample_member(w, "target");
		fputs(row->text, w->out);
	}
	sample_close(w, '}');
}

static void write_plan(struct sample_json *w, const struct rows *rows)
{
	static const char *const lists[] = { [PART_MILESTONES] = "milestones",
					     [PART_TASKS] = "tasks",
					     [PART_SAFEGUARDS] = "safeguards" };

	sample_line_begin(w, "plan");
	sample_text(w, "county", rows->first->county);
	for (size_t i = 0; i < rows->n; i++) {
		if (part_of(&rows->first[i]) == PART_RECOGNITION)
			write_year(w, "recognition_year", rows, &rows->first[i]);
	}
	for (size_t part = PART_MILESTONES; part < ARRAY_LEN(lists); part++) {
		sample_open(w, lists[part], '[');
		for (size_t i = 0; i < rows->n; i++) {
			if (part_of(&rows->first[i]) == part)
				write_row(w, rows, &rows->first[i]);
		}
		sample_close(w, ']');
	}
	sample_line_end(w);
}

void sample_goals_write(struct sample_json *w, const struct sample_data *d)
{
	char now[TIME_TEXT];
	struct rows rows = { .n = 0 };

	time_format(time_now_us(), now);
	now[PERIOD_CODE - 1] = '\0';
	rows.this_year = (int)strtol(now, NULL, 10);
	for (size_t i = 0; i < d->n_plans; i += rows.n) {
		rows.first = &d->plans[i];
		rows.n = 1;
		while (i + rows.n < d->n_plans &&
		       str_equal(d->plans[i + rows.n].county, rows.first->county))
			rows.n++;
		write_plan(w, &rows);
	}
}
