/* SPDX-License-Identifier: Apache-2.0 */
/* A county as it was judged last. */
#include "api/handlers.h"
#include "api/record_view.h"
#include "base/str.h"
#include "store/history.h"
#include "store/results.h"
#include "store/standards.h"
#include "json/write.h"

static void write_indicator(struct buf *out, const struct indicator_judgement *j, int64_t limit)
{
	const double cv_limit = (double)limit / STANDARD_SCALE;

	buf_str(out, "{");
	json_member_double(out, "mean", j->has_mean ? &j->mean : NULL);
	json_member_double(out, "sd", j->has_mean ? &j->sd : NULL);
	json_member_double(out, "cv", j->has_cv ? &j->cv : NULL);
	json_member_double(out, "cv_limit", &cv_limit);
	json_member_text(out, "cv_status", status_names[j->cv_status]);
	json_member_int(out, "records_met", (int64_t)j->records_met);
	record_view_display(out, j);
	json_member_bool(out, "rounding_sensitive", j->rounding_sensitive);
	buf_str(out, "}");
}

static void write_stage(struct buf *out, const struct stage_judgement *s, int64_t limit)
{
	json_member_int(out, "records", (int64_t)s->records);
	json_member_int(out, "records_met", (int64_t)s->records_met);
	json_member_int(out, "students", s->students);
	json_member_text(out, "status", status_names[s->status]);
	json_member_double(out, "composite_cv", s->has_composite ? &s->composite_cv : NULL);
	json_name(out, "indicators");
	buf_str(out, "{");
	for (int i = 0; i < INDICATORS; i++) {
		json_name(out, indicators[i].code);
		write_indicator(out, &s->indicators[i], limit);
	}
	buf_str(out, "}");
}

static void write_missing_schools(struct buf *out, const struct county_status *s)
{
	json_name(out, "missing_schools");
	buf_str(out, "[");
	for (size_t i = 0; i < s->judgement.missing_schools; i++) {
		if (i)
			buf_str(out, ",");
		json_text(out, s->missing[i]);
	}
	buf_str(out, "]");
}

/* The judged part; before the first computation there is none (and no standard), and nothing is
 * claimed. */
static void write_judgement(struct buf *out, const struct county_status *s,
			    const struct standard *standard)
{
	const struct county_judgement *j = &s->judgement;

	json_name(out, "resources");
	buf_str(out, "{");
	for (int stage = 0; s->version && stage < JUDGED_STAGES; stage++) {
		json_name(out, stage_names[stage]);
		buf_str(out, "{");
		write_stage(out, &j->stages[stage], standard->cv_limit[stage]);
		buf_str(out, "}");
	}
	buf_str(out, "}");
	/* As the monitor wrote it: the same bytes whenever it is asked for. */
	json_name(out, "items");
	buf_str(out, s->items);
	record_view_names(out, "failing", s->failing);
	record_view_names(out, "missing", s->unknown);
	write_missing_schools(out, s);
}

static void write_head(struct buf *out, const struct county_status *s)
{
	json_member_text(out, "county", s->county);
	json_member_text(out, "period", s->period);
	json_member_text_or_null(out, "standard", s->standard);
	json_name(out, "standard_version");
	if (s->version)
		buf_printf(out, "%lld", (long long)s->standard_version);
	else
		buf_str(out, "null");
	json_member_text(out, "verdict",
			 verdict_names[s->version ? s->judgement.verdict : VERDICT_INCOMPLETE]);
	json_member_int(out, "version", s->version);
	json_member_int(out, "accepted_version", s->accepted_version);
	json_member_text_or_null(out, "computed_at", s->computed_at);
}

/* As it is now, or was at an instant: in the same words. */
static enum err find(struct call *c, const char *period, int64_t as_of_us,
		     struct county_status *out)
{
	struct store *store = c->api->store;
	const char *county = call_path(c, "code");
	char latest[PERIOD_CODE];
	enum err e = ERR_OK;

	if (as_of_us == AS_OF_NOW)
		return store_status_get(store, county, period, out, &c->info);
	str_copy(latest, sizeof(latest), period);
	if (!period[0])
		e = store_latest_period_as_of(store, county, as_of_us, latest, &c->info);
	if (e != ERR_OK)
		return e;
	return store_status_as_of(store, county, latest, as_of_us, out, &c->info);
}

enum err county_status(struct call *c)
{
	auto_status struct county_status s = { .missing = NULL };
	auto_standard const struct standard *standard = NULL;
	struct buf *out = &c->rp->body;
	const char *period;
	int64_t as_of_us = AS_OF_NOW;
	enum err e = call_period(c, &period);

	if (e == ERR_OK)
		e = call_as_of(c, &as_of_us);
	if (e == ERR_OK)
		e = find(c, period, as_of_us, &s);
	if (e == ERR_OK && s.version)
		e = store_standard_get(c->api->store, s.standard, s.standard_version, &standard,
				       &c->info);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND && s.version ? ERR_DB : e;
	buf_str(out, "{");
	write_head(out, &s);
	write_judgement(out, &s, standard);
	buf_str(out, "}");
	return ERR_OK;
}
