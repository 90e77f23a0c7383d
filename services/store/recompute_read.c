/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recompute_read.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/day.h"
#include "store/events_rows.h"
#include "store/facts.h"
#include "store/plans_rows.h"
#include "store/pool.h"
#include "store/row.h"

/* Each reads one row, whose place was read and is the one wanted. */
typedef enum err row_reader(struct store *store, struct row *r, struct recompute_input *in,
			    struct err_info *info);

static enum severity severity_named(const char *name)
{
	for (int i = 0; i < SEVERITIES; i++) {
		if (str_equal(severity_names[i], name))
			return (enum severity)i;
	}
	return SEVERITY_CRITICAL;
}

static enum err read_alert(struct store *store, struct row *r, struct recompute_input *in,
			   struct err_info *info)
{
	struct open_alert *a = &in->alerts[in->alerts_n];
	char state[16], severity[12];
	bool snoozed;
	enum err err;

	(void)store;
	if (in->alerts_n == OPEN_ALERTS_MAX)
		return ERR_OK;
	row_text(r, a->item, sizeof(a->item));
	row_text(r, a->rule, sizeof(a->rule));
	row_text(r, a->kind, sizeof(a->kind));
	a->id = row_int(r);
	row_text(r, a->memory.period, sizeof(a->memory.period));
	row_text(r, state, sizeof(state));
	row_text(r, severity, sizeof(severity));
	a->memory.since_us = row_int_or(r, 0);
	a->memory.confirmed = (int)row_int(r);
	a->memory.counted = row_int(r);
	a->memory.clear_us = row_int_or(r, 0);
	a->memory.cleared = (int)row_int(r);
	a->memory.told_us = row_int_or(r, 0);
	snoozed = row_bool(r);
	a->memory.quiet_us = row_int_or(r, 0);
	a->memory.provisional = row_bool(r);
	a->memory.level = row_level(r);
	a->memory.fired_us = row_int_or(r, 0);
	err = row_end(r, info);
	a->memory.state = str_equal(state, "pending") ? ALERT_PENDING : ALERT_FIRING;
	a->memory.acknowledged = str_equal(state, "acknowledged");
	if (snoozed || a->memory.acknowledged)
		a->memory.quiet_us = ALERT_QUIET;
	a->memory.severity = severity_named(severity);
	in->alerts_n += !err;
	return err;
}

/* Whether a list has a name: "G3,R2.primary.cv". */
static bool lists(const char *list, const char *name)
{
	const size_t len = strlen(name);

	for (const char *at = list; (at = strstr(at, name)); at += len) {
		if ((at == list || at[-1] == ',') && (at[len] == ',' || !at[len]))
			return true;
	}
	return false;
}

/* A later period that knows an item settles all that it does not call unknown. */
static enum err read_later(struct store *store, struct row *r, struct recompute_input *in,
			   struct err_info *info)
{
	const char *unknown = row_borrow(r);

	(void)store;
	in->later_knows_any = true;
	for (size_t i = 0; i < items_count(in->standard); i++)
		in->settled[i] = in->settled[i] || !lists(unknown, item_name(in->standard, i));
	return row_end(r, info);
}

static enum err read_silent(struct store *store, struct row *r, struct recompute_input *in,
			    struct err_info *info)
{
	(void)store;
	in->next_unopened = true;
	in->is_latest = row_bool(r);
	in->next_judged = row_bool(r);
	return row_end(r, info);
}

static enum err read_former(struct store *store, struct row *r, struct recompute_input *in,
			    struct err_info *info)
{
	char item[ITEM_NAME], period[PERIOD_CODE];
	int64_t year = 0;
	double value;
	bool has;
	int at;

	(void)store;
	row_text(r, period, sizeof(period));
	row_text(r, item, sizeof(item));
	value = row_double(r, &has);
	at = plan_item_find(in->standard, item);
	if (at >= 0 && has && str_to_int64(period, &year) &&
	    in->former[at].n < FORECAST_POINTS_MAX) {
		struct former_figures *f = &in->former[at];

		f->items[f->n].year = (int)year;
		f->items[f->n].value = value;
		f->n++;
	}
	return row_end(r, info);
}

/* A region's year that is over is not gone by any more: then the county is looked at again. */
static void find_target(struct recompute_input *in, const int above[PLAN_ABOVE])
{
	size_t whose;

	in->target_year =
		plan_target_year(&in->plan, above, day_year(day_in_china(in->now_us)), &whose);
	if (whose < PLAN_ABOVE)
		in->target_until_us = day_of(in->target_year, 12, 32) * DAY_US - CHINA_AHEAD_US;
}

static enum err read_plan(struct store *store, struct row *r, struct recompute_input *in,
			  struct err_info *info)
{
	const int first_year = (int)row_int(r);
	const char *document = row_borrow(r);
	int above[PLAN_ABOVE];
	enum err err;

	row_above(store, r, above);
	err = row_end(r, info);
	if (err)
		return err;
	in->plan_first_year = first_year;
	in->has_plan = store->readers->plan(document, strlen(document), in->standard, &in->plan,
					    NULL) == ERR_OK;
	if (in->has_plan)
		find_target(in, above);
	return ERR_OK;
}

static void remember_entry(struct recompute_input *in, const struct ledger_orphan *entry)
{
	const int at = item_find(in->standard, entry->item);

	if (at >= 0) {
		struct entry_memory *m = &in->entries[at];

		m->entry = entry->entry;
		m->state = entry->state;
		m->value = entry->value;
		m->limit = entry->limit;
		str_copy(m->period, sizeof(m->period), entry->period);
		str_copy(m->deadline, sizeof(m->deadline), entry->deadline);
	} else if (in->ledger_orphans_n < ORPHANS_MAX) {
		in->ledger_orphans[in->ledger_orphans_n++] = *entry;
	}
}

static enum err read_entry(struct store *store, struct row *r, struct recompute_input *in,
			   struct err_info *info)
{
	struct ledger_orphan entry;
	char state[16];
	enum err err;
	bool has;

	(void)store;
	row_text(r, entry.item, sizeof(entry.item));
	entry.entry = row_int(r);
	row_text(r, state, sizeof(state));
	row_text(r, entry.period, sizeof(entry.period));
	entry.value = row_double(r, &has);
	entry.limit = row_double(r, &has);
	row_text_or(r, entry.deadline, sizeof(entry.deadline), "");
	err = row_end(r, info);
	if (err)
		return err;
	if (!ledger_state_parse(state, &entry.state))
		return err_set(info, ERR_DB, "no such state of an entry: %s", state);
	remember_entry(in, &entry);
	return ERR_OK;
}

enum err recompute_read_memory(struct store *store, const struct batch *begin, int nth,
			       struct recompute_input *in, struct err_info *info)
{
	static const struct {
		int result;
		row_reader *read;
	} parts[] = {
		{ BEGIN_ALERTS, read_alert },  { BEGIN_LATER, read_later },
		{ BEGIN_SILENT, read_silent }, { BEGIN_BEFORE, read_former },
		{ BEGIN_PLANS, read_plan },    { BEGIN_LEDGER, read_entry },
	};
	enum err err = ERR_OK;

	for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
		const PGresult *result = batch_result(begin, parts[p].result);

		for (int i = 0; i < PQntuples(result) && !err; i++) {
			struct row r = row_at(result, i);

			if (row_int(&r) == nth)
				err = parts[p].read(store, &r, in, info);
		}
	}
	return err;
}

bool recompute_compares_schools(const struct recompute_input *in)
{
	for (size_t i = 0; i < in->rules_n; i++) {
		if (in->rules[i]->of_schools)
			return true;
	}
	return false;
}

static enum err read_schools(struct store *store, struct conn *c, const struct county_key *before,
			     struct recompute_input *in, struct err_info *info)
{
	struct array auto_array counties, auto_array periods;
	struct batch auto_batch b = { .n = 0 };
	struct facts_rows rows = { .n = 0 };
	struct params p;
	enum err err;

	array_init(&counties);
	array_init(&periods);
	array_text(&counties, before->county);
	array_text(&periods, before->period);
	params_init(&p);
	params_text(&p, array_end(&counties));
	params_text(&p, array_end(&periods));
	if (!p.value[0] || !p.value[1])
		return err_set(info, ERR_NOMEM, "no memory for a county");
	params_bool(&p, true);
	err = store_query(c, &b, QUERY_RECOMPUTE_FACTS, &p, info);
	if (!err)
		err = facts_rows_init(&rows, batch_result(&b, 0), info);
	if (!err && facts_rows_any(&rows, 1))
		err = facts_rows_read(store, &rows, 1, before, in->standard, &in->schools_before,
				      info);
	facts_rows_release(&rows);
	return err;
}

enum err recompute_read_schools(struct store *store, struct conn *c, const struct county_key *key,
				struct recompute_input *in, struct err_info *info)
{
	struct county_key before = *key;
	char period[16];
	int64_t year = 0;

	if (!recompute_compares_schools(in) || !str_to_int64(key->period, &year))
		return ERR_OK;
	snprintf(period, sizeof(period), "%04d", (int)(year - 1));
	str_copy(before.period, sizeof(before.period), period);
	return read_schools(store, c, &before, in, info);
}
