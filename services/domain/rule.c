/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/rule.h"

#include <math.h>
#include <string.h>

#include "base/timeutil.h"
#include "domain/calendar.h"

#define SHARES_OF_ONE 1e9 /* finer than a rule says them */

const char *const rule_kind_names[ALERT_ON_KINDS] = { "threshold", "veto",     "near",
						      "plan",      "forecast", "stale",
						      "jump",      "overdue",  "late" };
const char *const severity_names[SEVERITIES] = { "info", "warning", "critical" };

/* --- which ------------------------------------------------------------------------------- */

bool rule_name_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *from = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			from = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* What is not about items, but the county as a whole. */
static bool is_of_county(const struct alert_rule *rule)
{
	return rule->kind == ALERT_ON_STALE || rule->of_schools;
}

static bool kind_covers(enum rule_kind kind, const struct standard *s, size_t item)
{
	const bool veto = strcmp(item_alert_rule(s, item), "veto") == 0;

	switch (kind) {
	case ALERT_ON_THRESHOLD:
		return !veto;
	case ALERT_ON_VETO:
		return veto;
	case ALERT_ON_STALE:
	case ALERT_ON_LATE:
		return false;
	case ALERT_ON_NEAR:
	case ALERT_ON_PLAN:
	case ALERT_ON_FORECAST:
	case ALERT_ON_JUMP:
	case ALERT_ON_OVERDUE:
	case ALERT_ON_KINDS:
		break;
	}
	return true;
}

bool rule_covers(const struct alert_rule *rule, const struct standard *s, size_t item)
{
	const bool judged = item < items_count(s);
	const char *name = plan_item_name(s, item);

	if (judged ? is_of_county(rule) || !kind_covers(rule->kind, s, item)
		   : rule->kind != ALERT_ON_PLAN)
		return false;
	for (size_t i = 0; i < rule->items_n; i++) {
		if (rule_name_matches(rule->items[i], name))
			return true;
	}
	return rule->items_n == 0;
}

size_t rules_in_force(const struct alert_rule *rules, size_t n, const char *county,
		      const struct alert_rule *out[RULES_OF_COUNTY_MAX])
{
	const struct alert_rule *near[RULES_OF_COUNTY_MAX];
	size_t near_n = 0, out_n = 0;

	for (size_t i = 0; i < n && near_n < RULES_OF_COUNTY_MAX; i++) {
		bool hidden = false;

		if (strncmp(county, rules[i].region, strlen(rules[i].region)) != 0)
			continue;
		for (size_t k = 0; k < near_n && !hidden; k++)
			hidden = strcmp(near[k]->id, rules[i].id) == 0;
		if (!hidden)
			near[near_n++] = &rules[i];
	}
	for (size_t i = 0; i < near_n; i++) {
		if (near[i]->enabled)
			out[out_n++] = near[i];
	}
	return out_n;
}

/* --- due ---------------------------------------------------------------------------------- */

static int two_digits(const char *text)
{
	return 10 * (text[0] - '0') + text[1] - '0';
}

bool rule_due_us(const struct rule_due *due, const struct calendar *calendar, int year,
		 int64_t *ret_us, bool *provisional)
{
	int day;

	if (year < DAY_FIRST_YEAR || year > DAY_LAST_YEAR)
		return false;
	if (due->day[0])
		day = day_of(year, two_digits(due->day), two_digits(due->day + 3));
	else if (!calendar || !calendar_due(calendar, year, due->term, due->working_days,
					    CALENDAR_WORKING_DAYS, &day, provisional))
		return false;
	*ret_us = (day + 1) * DAY_US - CHINA_AHEAD_US;
	return true;
}

/* --- reading ------------------------------------------------------------------------------ */

static double share(int64_t of)
{
	return (double)of / RULE_ONE;
}

/* 0.45 is 10 % below 0.5, though doubles make it a little less: what is a share by its digits is
 * the same number as share() of it. */
static double nearest(double share)
{
	return floor(share * SHARES_OF_ONE + 0.5) / SHARES_OF_ONE;
}

/* How far a figure is on the wrong side of a limit; below zero on the right one. */
static double excess(const struct rule_facts *f, double limit)
{
	return f->rising ? limit - f->item.value : f->item.value - limit;
}

/* As a share of something that may be nothing: whatever is beyond it is so by any share, and what
 * is not is as far on the right side as anybody can ask, for of a count there is nothing below
 * none. */
static double share_of(double what, double of)
{
	if (of == 0)
		return what > 0 ? share(RULE_SHARE_MAX) : -share(RULE_SHARE_MAX);
	return nearest(what / fabs(of));
}

static enum trip trip_if(bool trips)
{
	return trips ? TRIP_YES : TRIP_NO;
}

/* Not met is not met, also where the figure that is shown is on the right side: another condition
 * of the item fails then, or it is over the limit by less than a double shows. */
static bool is_missed(const struct alert_rule *rule, bool has_figure, bool open, double beyond)
{
	return !has_figure || open || !rule->margin || beyond < 0 || beyond >= share(rule->margin);
}

/* An alert that is open needs the figure on the right side by `clear`: met is not enough. */
static enum trip read_threshold(const struct alert_rule *rule, const struct rule_facts *f,
				bool open, double *ret_beyond)
{
	const bool has_figure = f->item.has_value && f->item.has_limit;

	*ret_beyond = has_figure ? share_of(excess(f, f->item.limit), f->item.limit) : 0;
	if (!status_is_known(f->item.status))
		return TRIP_UNKNOWN;
	if (f->item.status == STATUS_NOT_MET)
		return trip_if(is_missed(rule, has_figure, open, *ret_beyond));
	return trip_if(open && has_figure && rule->clear && *ret_beyond > -share(rule->clear));
}

static enum trip read_near(const struct alert_rule *rule, const struct rule_facts *f, bool open,
			   double *ret_beyond)
{
	const double margin = share(rule->margin + (open ? rule->clear : 0));
	double left;

	if (!status_is_known(f->item.status))
		return TRIP_UNKNOWN;
	if (f->item.status == STATUS_NOT_MET || !f->item.has_value || !f->item.has_limit ||
	    f->item.limit == 0)
		return TRIP_NO; /* it is over the limit, or has none to be near to */
	left = share_of(-excess(f, f->item.limit), f->item.limit);
	*ret_beyond = margin > left ? margin - left : 0;
	if (left > margin)
		return TRIP_NO;
	if (open)
		return TRIP_YES; /* whichever way it moves now */
	if (!f->has_before)
		return TRIP_UNKNOWN;
	return trip_if(f->rising ? f->item.value < f->before : f->item.value > f->before);
}

static enum trip read_plan(const struct alert_rule *rule, const struct rule_facts *f, bool open,
			   struct rule_reading *out, double *ret_beyond)
{
	double behind;

	/* Of an item without data no line is derived: that is no plan that wants nothing of it. Nor
	 * is it a cure that the plan is gone. */
	if (!f->has_plan || !status_is_known(f->item.status))
		return TRIP_UNKNOWN;
	if (f->wanted == PLAN_WANTED_NOTHING)
		return TRIP_NO;
	if (f->wanted == PLAN_WANTED_MET)
		return trip_if(f->item.status == STATUS_NOT_MET);
	if (!f->item.has_value)
		return TRIP_UNKNOWN;
	out->has_limit = true;
	out->limit = f->wanted_value;
	behind = share_of(excess(f, f->wanted_value), f->wanted_value);
	*ret_beyond = behind;
	if (open)
		return trip_if(behind > share(rule->margin - rule->clear));
	return trip_if(behind > share(rule->margin));
}

static enum trip read_jump(const struct alert_rule *rule, const struct rule_facts *f,
			   struct rule_reading *out, double *ret_beyond)
{
	if (rule->of_schools)
		return f->item.has_value ? trip_if(f->schools > 0) : TRIP_UNKNOWN;
	if (!status_is_known(f->item.status) || !f->item.has_value || !f->has_before)
		return TRIP_UNKNOWN;
	out->has_limit = true;
	out->limit = f->before;
	*ret_beyond = share_of(fabs(f->item.value - f->before), f->before);
	return trip_if(*ret_beyond > share(rule->margin));
}

/* In the planned year there is nothing to foretell: whether it is met is what the plan's rule asks.
 */
static enum trip read_forecast(const struct rule_facts *f)
{
	if (f->arrived)
		return TRIP_NO;
	return f->foretold ? trip_if(f->chance >= FORECAST_IMPROBABLE) : TRIP_UNKNOWN;
}

static enum trip trip_of(const struct alert_rule *rule, const struct rule_facts *f, bool open,
			 struct rule_reading *out, double *ret_beyond)
{
	if (f->item.status == STATUS_NOT_APPLICABLE)
		return TRIP_GONE;
	switch (rule->kind) {
	case ALERT_ON_THRESHOLD:
	case ALERT_ON_VETO:
		return read_threshold(rule, f, open, ret_beyond);
	case ALERT_ON_NEAR:
		return read_near(rule, f, open, ret_beyond);
	case ALERT_ON_PLAN:
		return read_plan(rule, f, open, out, ret_beyond);
	case ALERT_ON_FORECAST:
		return read_forecast(f);
	case ALERT_ON_STALE:
		return f->undated ? TRIP_UNKNOWN : trip_if(f->overdue && f->schools > 0);
	case ALERT_ON_JUMP:
		return read_jump(rule, f, out, ret_beyond);
	case ALERT_ON_OVERDUE:
		return f->in_ledger ? trip_if(f->overdue) : TRIP_UNKNOWN;
	case ALERT_ON_LATE:
		return trip_if(f->overdue);
	case ALERT_ON_KINDS:
		break;
	}
	return TRIP_UNKNOWN;
}

static enum severity severity_of(const struct alert_rule *rule, const struct rule_facts *f,
				 double beyond)
{
	enum severity highest = SEVERITY_INFO;

	for (size_t i = 0; i < rule->levels_n; i++) {
		const struct rule_level *level = &rule->levels[i];

		if (level->beyond && beyond < share(level->beyond))
			continue;
		if (level->schools && f->schools < level->schools)
			continue;
		if (level->severity > highest)
			highest = level->severity;
	}
	return highest;
}

bool rule_is_answered(const struct alert_rule *rule, const struct rule_facts *later, bool knows_any)
{
	if (is_of_county(rule))
		return knows_any || later->overdue;
	return knows_any || later->item.status != STATUS_NOT_APPLICABLE;
}

bool rule_is_settled(const struct alert_rule *rule, const struct rule_facts *facts, bool settled)
{
	return settled && !(rule->kind == ALERT_ON_OVERDUE && facts->in_ledger);
}

void rule_read(const struct alert_rule *rule, const struct rule_facts *facts, bool open,
	       struct rule_reading *out)
{
	double beyond = 0;

	out->has_limit = facts->item.has_limit;
	out->limit = facts->item.limit;
	out->trip = trip_of(rule, facts, open, out, &beyond);
	out->severity = severity_of(rule, facts, beyond);
}
