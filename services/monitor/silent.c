/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/silent.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "monitor/alerting.h"

static void come_due(int64_t *io_due_us, int64_t at_us)
{
	if (at_us && (!*io_due_us || at_us < *io_due_us))
		*io_due_us = at_us;
}

/* --- what is taken ------------------------------------------------------------------------ */

static bool is_told_of(const struct open_alert *a, const char *period)
{
	return str_equal(a->item, RULE_REPORTS) && str_equal(a->memory.period, period);
}

static bool has_open(const struct recompute_input *in, const char *rule, const char *period)
{
	for (size_t i = 0; i < in->alerts_n; i++) {
		if (is_told_of(&in->alerts[i], period) && str_equal(in->alerts[i].rule, rule))
			return true;
	}
	return false;
}

/* Schools that are to report of a period of which none has. */
static int64_t count_awaited(const struct county_facts *facts, const char *period)
{
	int64_t n = 0;

	for (size_t i = 0; i < facts->n; i++) {
		const struct school_facts silent = { .school = facts->schools[i].school };

		n += school_is_missing(&silent, period);
	}
	return n;
}

/* Whether a rule looks at the silent year; if it will, when. */
static bool looks(const struct recompute_input *in, const struct alert_rule *rule,
		  const char *period, int year, int64_t *io_due_us)
{
	struct rule_facts f;
	int64_t awaited, due_us;

	if (rule->kind != ALERT_ON_STALE)
		return false;
	if (has_open(in, rule->id, period))
		return true;
	awaited = in->is_latest && in->next_judged ? count_awaited(&in->facts, period) : 0;
	if (!awaited)
		return false;
	rule_facts_reports(&rule->due, in->calendar, year, awaited, in->now_us, &f, &due_us);
	if (!f.undated && !f.overdue)
		come_due(io_due_us, due_us);
	return f.overdue;
}

/* Alerts of the silent year, also of those that no rule is about any more; and that of a rule which
 * looks at it now. */
static bool is_taken(const struct open_alert *a, const char *period,
		     const struct alert_rule *rules[], size_t n)
{
	if (is_told_of(a, period))
		return true;
	for (size_t i = 0; i < n && str_equal(a->item, RULE_REPORTS); i++) {
		if (str_equal(rules[i]->id, a->rule))
			return true;
	}
	return false;
}

static void begin(struct silent_year *s, const struct recompute_input *in, const char *period)
{
	memset(&s->in, 0, offsetof(struct recompute_input, alerts));
	/* Where nobody judges it any more, no school is to report. */
	s->in.facts = (struct county_facts){ .schools = in->facts.schools,
					     .n = in->next_judged ? in->facts.n : 0 };
	str_copy(s->in.facts.county, sizeof(s->in.facts.county), in->facts.county);
	str_copy(s->in.facts.period, sizeof(s->in.facts.period), period);
	s->in.standard = in->standard;
	s->in.now_us = in->now_us;
	s->in.calendar = in->calendar;
	s->in.later_knows_any = in->later_knows_any;
	memcpy(&s->rest, in, offsetof(struct recompute_input, alerts));
	s->rest.rules_n = s->rest.alerts_n = 0;
}

static void split(struct silent_year *s, const struct recompute_input *in,
		  const bool looking[RULES_OF_COUNTY_MAX])
{
	for (size_t i = 0; i < in->rules_n; i++) {
		struct recompute_input *whose = looking[i] ? &s->in : &s->rest;

		whose->rules[whose->rules_n++] = in->rules[i];
	}
	for (size_t i = 0; i < in->alerts_n; i++) {
		const bool taken =
			is_taken(&in->alerts[i], s->in.facts.period, s->in.rules, s->in.rules_n);
		struct recompute_input *whose = taken ? &s->in : &s->rest;

		whose->alerts[whose->alerts_n++] = in->alerts[i];
	}
}

const struct recompute_input *silent_take(struct silent_year *s, const struct recompute_input *in,
					  int64_t *ret_due_us)
{
	bool looking[RULES_OF_COUNTY_MAX];
	char period[16];
	int64_t year = 0;

	*ret_due_us = 0;
	s->any = false;
	s->n = 0;
	if (!in->next_unopened || !str_to_int64(in->facts.period, &year))
		return in;
	snprintf(period, sizeof(period), "%04d", (int)year + 1);
	for (size_t i = 0; i < in->rules_n; i++) {
		looking[i] = looks(in, in->rules[i], period, (int)year + 1, ret_due_us);
		s->any = s->any || looking[i];
	}
	for (size_t i = 0; i < in->alerts_n && !s->any; i++)
		s->any = is_told_of(&in->alerts[i], period);
	if (!s->any)
		return in;
	begin(s, in, period);
	split(s, in, looking);
	return &s->rest;
}

/* --- what becomes of it ------------------------------------------------------------------- */

static struct school_facts *unreported(const struct county_facts *facts)
{
	struct school_facts *schools = calloc(facts->n + 1, sizeof(*schools));

	for (size_t i = 0; schools && i < facts->n; i++) {
		schools[i].school = facts->schools[i].school;
		report_init(&schools[i].report);
	}
	return schools;
}

/* Whether a rule has left the silent year: then it looks at the year before again. */
static bool lets_go(const struct silent_year *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const enum alert_action action = s->transitions[i].action;

		if (action == ALERT_RESOLVE || action == ALERT_WITHDRAW)
			return true;
	}
	return false;
}

enum err silent_step(struct silent_year *s, struct record *records, size_t cap, int64_t *io_due_us,
		     struct err_info *info)
{
	const struct shortfall_view view = { .facts = &s->in.facts,
					     .standard = s->in.standard,
					     .judged = &s->judged,
					     .records = records };
	auto_free struct school_facts *schools = NULL;
	int64_t due_us = 0;
	size_t ignored;
	enum err e;

	if (!s->any)
		return ERR_OK;
	schools = unreported(&s->in.facts);
	if (!schools)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	s->in.facts.schools = schools;
	e = county_judge(&s->in.facts, s->in.standard, records, cap, &ignored, &s->judged);
	if (e == ERR_OK) {
		s->n = alerting_step(&s->in, &s->judged, s->entries, s->transitions, &due_us);
		e = schools_behind(&s->in, &view, s->transitions, s->n, &s->schools);
	}
	if (e != ERR_OK)
		return err_set(info, e, "a silent year: %s", err_text(e));
	come_due(io_due_us, lets_go(s) ? s->in.now_us : due_us);
	return ERR_OK;
}
