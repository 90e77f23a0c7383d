/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/rule_facts.h"

#include "domain/day.h"

static void add_before(const struct rule_setting *s, const struct former_figures *former,
		       struct rule_facts *f)
{
	for (size_t i = 0; i < former->n; i++) {
		if (former->items[i].year != s->year - 1)
			continue;
		f->has_before = true;
		f->before = former->items[i].value;
	}
}

/* Where the county was when the plan was made: the latest figure of the years before; where there
 * is none, that of the year itself. The same for all periods: a figure that was held against the
 * line does not move it. */
static void find_start(const struct rule_setting *s, const struct former_figures *former,
		       enum status status, struct plan_latest *out, int *ret_year)
{
	*out = (struct plan_latest){ .status = status };
	*ret_year = 0;
	for (size_t i = 0; i < former->n; i++) {
		if (former->items[i].year > s->plan_first_year ||
		    (former->items[i].year == s->plan_first_year && out->has_value))
			continue;
		out->has_value = true;
		out->value = plan_millionths(former->items[i].value);
		*ret_year = former->items[i].year;
	}
}

/* What the plan's line wants at the end of the period's year; nothing of one from before the plan.
 */
static void add_plan(const struct rule_setting *s, size_t item, const struct former_figures *former,
		     struct rule_facts *f)
{
	struct plan_latest start;
	struct plan_line line;
	struct plan_value value;
	char date[DAY_TEXT];
	int year;

	if (s->year < s->plan_first_year)
		return;
	find_start(s, former, f->item.status, &start, &year);
	if (!plan_line_make(s->plan, s->standard, item, &start, year, s->target_year, &line))
		return;
	if (!plan_line_at(&line, day_format(day_of(s->year, 12, 31), date), &value))
		return;
	f->wanted = value.wanted;
	if (value.wanted == PLAN_WANTED_VALUE)
		f->wanted_value = (double)value.num / (double)value.den / PLAN_ONE;
}

static void add_forecast(const struct rule_setting *s, size_t item, const struct plan_item *what,
			 const struct former_figures *former, struct rule_facts *f)
{
	struct forecast_point points[FORECAST_POINTS_MAX], aim;
	struct forecast forecast;
	int planned = forecast_planned_year(s->plan, item, what);
	size_t n = 0;
	bool has_aim;

	if (!planned)
		planned = s->target_year;
	if (!status_is_known(f->item.status))
		return;
	f->arrived = planned && planned <= s->year;
	if (!f->item.has_value || !what->has_limit || planned <= s->year)
		return;
	for (size_t i = former->n < FORECAST_POINTS_MAX ? 0 : 1; i < former->n; i++)
		points[n++] = (struct forecast_point){ former->items[i].year,
						       plan_millionths(former->items[i].value) };
	points[n++] = (struct forecast_point){ s->year, plan_millionths(f->item.value) };
	has_aim = forecast_aim(s->plan, item, what, &points[n - 1], &aim);
	if (!forecast_make(points, n, has_aim ? &aim : NULL, &forecast))
		return;
	f->foretold = true;
	f->chance = forecast_on_time(&forecast, what, points[n - 1].value, planned);
}

void rule_facts_get(const struct rule_setting *setting, size_t i, const struct item *item,
		    const struct former_figures *former, struct rule_facts *out)
{
	struct plan_item what;

	*out = (struct rule_facts){ .item = *item, .schools = -1 };
	plan_item_get(setting->standard, i, &what);
	out->rising = what.rising;
	if (what.unit == PLAN_FAILING && item->has_value)
		out->schools = (int64_t)item->value;
	add_before(setting, former, out);
	if (setting->plan) {
		out->has_plan = true;
		add_plan(setting, i, former, out);
		add_forecast(setting, i, &what, former, out);
	}
}

void rule_facts_reports(const struct rule_due *due, const struct calendar *calendar, int year,
			int64_t missing, int64_t now_us, struct rule_facts *out,
			int64_t *ret_due_us)
{
	*out = (struct rule_facts){ .item = { .name = RULE_REPORTS,
					      .has_value = true,
					      .value = (double)missing,
					      .has_limit = true },
				    .schools = missing };
	*ret_due_us = INT64_MAX;
	out->undated = !rule_due_us(due, calendar, year, ret_due_us, NULL);
	out->overdue = now_us >= *ret_due_us;
}

void rule_facts_jumps(int64_t jumping, int64_t compared, struct rule_facts *out)
{
	*out = (struct rule_facts){ .item = { .name = RULE_SCHOOLS,
					      .has_value = compared > 0,
					      .value = (double)jumping,
					      .has_limit = compared > 0 },
				    .schools = jumping };
}

void rule_facts_figures(const struct alert_rule *rule, double minutes, struct rule_facts *out)
{
	*out = (struct rule_facts){ .item = { .name = RULE_FIGURES }, .schools = -1 };
	if (minutes <= 0)
		return;
	out->item.has_value = true;
	out->item.value = minutes;
	out->item.has_limit = true;
	out->item.limit = rule->minutes;
	out->overdue = minutes >= rule->minutes;
}

int64_t rule_facts_ledger(const struct entry_standing *entry, int64_t now_us, struct rule_facts *io)
{
	const bool undone = entry->state == LEDGER_OPEN || entry->state == LEDGER_RETURNED;
	const int64_t late_us = entry->here && undone ? entry->deadline_us : 0;

	io->in_ledger = entry->here && entry->state != LEDGER_WITHDRAWN;
	io->overdue = late_us && now_us >= late_us;
	return late_us;
}
