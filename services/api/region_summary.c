/* SPDX-License-Identifier: Apache-2.0 */
/* How the counties of a region stand, and how far that is from what the region wants. */
#include <string.h>

#include "api/handlers.h"
#include "api/region_view.h"
#include "base/str.h"
#include "store/summary.h"
#include "json/targets.h"
#include "json/write.h"

static void write_computed(struct buf *out, const struct region_summary *s)
{
	json_member_int(out, "behind", s->behind);
	json_name(out, "computed_at");
	buf_str(out, "{");
	json_member_text_or_null(out, "first", s->computed_first);
	json_member_text_or_null(out, "last", s->computed_last);
	buf_str(out, "}");
}

/* From 0 to the most that any county fails. */
static void write_failing(struct buf *out, const struct region_summary *s)
{
	int most = ITEMS_MAX;

	while (most > 0 && !s->failing[most])
		most--;
	json_name(out, "failing");
	buf_str(out, "[");
	for (int i = 0; i <= most; i++)
		buf_printf(out, "%s{\"items\":%d,\"counties\":%lld}", i ? "," : "", i,
			   (long long)s->failing[i]);
	buf_str(out, "]");
}

static void write_stages(struct buf *out, const struct region_summary *s)
{
	json_name(out, "stages");
	buf_str(out, "{");
	for (int i = 0; i < JUDGED_STAGES; i++) {
		json_name(out, stage_names[i]);
		buf_str(out, "{");
		json_member_int(out, "records", s->stages[i].records);
		json_member_int(out, "records_met", s->stages[i].records_met);
		json_member_int(out, "students", s->stages[i].students);
		buf_str(out, "}");
	}
	buf_str(out, "}");
	json_member_int(out, "missing_schools", s->missing_schools);
}

static void write_items(struct buf *out, struct region_summary *s)
{
	json_name(out, "items");
	buf_str(out, "[");
	for (size_t i = 0; i < s->n_items; i++) {
		struct item_summary *item = &s->items[i];

		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "item", item->item);
		json_member_int(out, "not_met", item->not_met);
		json_member_int(out, "no_data", item->no_data);
		json_member_int(out, "undefined", item->undefined);
		region_view_codes(out, "counties", item->counties, item->n);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

/* Begins a member that its caller ends. */
static void write_recognition(struct buf *out, const struct recognition *r)
{
	json_name(out, "recognition");
	buf_str(out, "{");
	json_member_int(out, "recognised", r->recognised);
	json_member_int(out, "on_track", r->on_track);
	json_member_int(out, "lagging", r->lagging);
	json_member_int(out, "undecided", r->undecided);
}

/* Of a province only: a prefecture would list itself. */
static void write_prefectures(struct buf *out, const struct region_summary *s)
{
	const size_t n = strlen(s->region.code) == 2 ? s->n_prefectures : 0;

	json_name(out, "prefectures");
	buf_str(out, "[");
	for (size_t i = 0; i < n; i++) {
		const struct prefecture_summary *p = &s->prefectures[i];

		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "code", p->code);
		json_member_text_or_null(out, "name", p->name);
		region_view_counties(out, "counties", p->counties);
		write_recognition(out, &p->recognition);
		buf_str(out, "}");
		json_name(out, "most_failing");
		if (p->most_failing[0]) {
			buf_str(out, "{");
			json_member_text(out, "item", p->most_failing);
			json_member_int(out, "not_met", p->most_failing_counties);
			buf_str(out, "}");
		} else {
			buf_str(out, "null");
		}
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

/* Counties recognised by the end of a year, as far as it has come. */
static int64_t recognised_by(const struct region_summary *s, const char *year)
{
	const char *until = strcmp(year, s->year) < 0 ? year : s->year;
	int64_t last = YEARS_FIRST - 1;
	int64_t n = 0;

	if (!str_to_int64(until, &last))
		return 0;
	for (int64_t y = YEARS_FIRST; y <= last && y < YEARS_FIRST + YEARS; y++)
		n += s->recognised_in[y - YEARS_FIRST];
	return n;
}

/* Recognition counts; those on track could be recognised in time, unless the year is over. */
static void write_target(struct buf *out, const struct region_summary *s, const struct target *t)
{
	const double share = (double)t->share / SHARE_SCALE;
	const int64_t needed = target_needed(t->share, region_view_total(s->counties));
	const int64_t recognised = recognised_by(s, t->year);
	const int64_t on_track = strcmp(t->year, s->year) < 0 ? 0 : s->recognition.on_track;

	buf_str(out, "{");
	json_member_text(out, "kind", target_kind_names[t->kind]);
	json_member_text(out, "year", t->year);
	json_member_double(out, "share", &share);
	json_member_int(out, "needed", needed);
	json_member_int(out, "recognised", recognised);
	json_member_int(out, "on_track", on_track);
	json_member_int(out, "short", target_short(needed, recognised));
	json_member_int(out, "short_with_on_track", target_short(needed, recognised + on_track));
	buf_str(out, "}");
}

static void write_targets(struct buf *out, const struct region_summary *s)
{
	struct target targets[TARGETS_COMPARED];
	const size_t n = json_read_targets(s->region.targets, targets);

	json_name(out, "targets");
	buf_str(out, s->region.targets);
	json_name(out, "against_targets");
	buf_str(out, "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		write_target(out, s, &targets[i]);
	}
	buf_str(out, "]");
}

static void write_previous(struct buf *out, struct region_summary *s)
{
	json_name(out, "previous");
	if (!s->previous[0]) {
		buf_str(out, "null");
		return;
	}
	buf_str(out, "{");
	json_member_text(out, "period", s->previous);
	json_member_int(out, "compared", s->compared);
	region_view_codes(out, "newly_met", s->newly_met.codes, s->newly_met.n);
	region_view_codes(out, "newly_failing", s->newly_failing.codes, s->newly_failing.n);
	buf_str(out, "}");
}

enum err region_summary(struct call *c)
{
	auto_summary struct region_summary s = { .items = NULL };
	struct buf *out = &c->rp->body;
	const char *period;
	enum err e = call_period(c, &period);

	if (e == ERR_OK)
		e = store_summary_get(c->api->store, call_path(c, "code"), period, &s, &c->info);
	if (e != ERR_OK)
		return e;
	buf_str(out, "{");
	json_member_text(out, "code", s.region.code);
	json_member_text(out, "name", s.region.name);
	json_member_text(out, "period", s.period);
	region_view_counties(out, "counties", s.counties);
	write_computed(out, &s);
	write_failing(out, &s);
	write_stages(out, &s);
	write_items(out, &s);
	write_prefectures(out, &s);
	write_recognition(out, &s.recognition);
	region_view_codes(out, "recognised_failing", s.recognised_failing.codes,
			  s.recognised_failing.n);
	buf_str(out, "}");
	write_targets(out, &s);
	write_previous(out, &s);
	buf_str(out, "}");
	return ERR_OK;
}
