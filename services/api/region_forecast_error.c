/* SPDX-License-Identifier: Apache-2.0 */
/* How far off forecasts would have been, had they been made before: over all counties of a region,
 * from the figures that are there. */
#include <stdlib.h>
#include <string.h>

#include "api/forecast_view.h"
#include "api/handlers.h"
#include "api/plan_view.h"
#include "base/str.h"
#include "store/org.h"
#include "store/standards.h"
#include "json/write.h"

struct tests {
	struct plan_item what;
	const char *unit;
	size_t counties; /* that have figures */
	size_t cases;
	struct forecast_case *all; /* FORECAST_TESTED_MAX a figure */
	size_t cap;
};

/* The figures of one county. */
static void test_county(struct tests *t, const struct series_figure *figures, size_t n)
{
	struct forecast_point points[FORECAST_POINTS_MAX];
	const size_t known = forecast_points(figures, n, points);

	t->counties++;
	t->cases +=
		forecast_backtest(points, known, &t->what, t->all + t->cases, t->cap - t->cases);
}

static void test_all(struct tests *t, const struct series *s)
{
	for (size_t first = 0, i = 1; i <= s->n; i++) {
		if (i < s->n && str_equal(s->items[i].county, s->items[first].county))
			continue;
		test_county(t, &s->items[first], i - first);
		first = i;
	}
}

static void write_half(struct buf *out, const char *name, int64_t twice)
{
	const double value = (double)twice / (2.0 * PLAN_ONE);

	json_member_double(out, name, &value);
}

static void write_ahead(struct buf *out, struct tests *t, int years, bool *first)
{
	struct forecast_error sum;

	forecast_error_sum(t->all, t->cases, years, &sum);
	if (!sum.cases)
		return;
	buf_str(out, *first ? "{" : ",{");
	*first = false;
	json_member_int(out, "years", years);
	json_member_int(out, "cases", (int64_t)sum.cases);
	write_half(out, "median_error", sum.error_twice);
	write_half(out, "median_error_unchanged", sum.unchanged_twice);
	json_member_int(out, "with_interval", (int64_t)sum.with_interval);
	json_member_int(out, "inside", (int64_t)sum.inside);
	buf_str(out, "}");
}

static void write_answer(struct call *c, const struct explain_item *item, const char *period,
			 struct tests *t)
{
	struct buf *out = &c->rp->body;
	bool first = true;

	buf_str(out, "{");
	json_member_text(out, "region", call_path(c, "code"));
	json_member_text(out, "period", period);
	json_member_text(out, "item", item->name);
	json_member_text_or_null(out, "unit", t->unit);
	json_member_int(out, "counties", (int64_t)t->counties);
	json_name(out, "ahead");
	buf_str(out, "[");
	for (int years = 1; years <= FORECAST_TESTED_MAX; years++)
		write_ahead(out, t, years, &first);
	buf_str(out, "]}");
}

/* The latest period of the figures; without any, the one asked for, or that of this year. */
static void latest_period(const struct series *s, const char *asked, char out[PERIOD_CODE])
{
	(void)plan_this_year(out);
	if (asked[0])
		str_copy(out, PERIOD_CODE, asked);
	for (size_t i = 0; i < s->n; i++) {
		if (i == 0 || strcmp(s->items[i].period, out) > 0)
			str_copy(out, PERIOD_CODE, s->items[i].period);
	}
}

/* What the figures can be: by the standard of that period. Where a county is judged by another
 * one, an item of the same name is taken to have figures of the same kind. */
static enum err read_item(struct call *c, const struct explain_item *item, const char *period,
			  struct tests *t)
{
	auto_standard const struct standard *standard = NULL;
	enum err e = store_standard_for(c->api->store, call_path(c, "code"), period, &standard,
					&c->info);
	int at;

	if (e == ERR_NOT_FOUND)
		return err_set(&c->info, e, "没有评估 %s 学年的标准 / no standard judges period %s",
			       period, period);
	if (e == ERR_OK)
		e = call_item_known(c, item, standard);
	if (e != ERR_OK)
		return e;
	at = plan_item_find(standard, item->name);
	if (at < 0)
		return err_set(&c->info, ERR_PARAMETER, "没有该项目 / no such item");
	plan_item_get(standard, (size_t)at, &t->what);
	t->what.name = item->name; /* the standard goes */
	t->unit = forecast_unit(standard, (size_t)at);
	return ERR_OK;
}

enum err region_forecast_error(struct call *c)
{
	auto_series struct series series = { .items = NULL };
	auto_free struct forecast_case *cases = NULL;
	struct tests t = { .cases = 0 };
	struct explain_item item;
	char latest[PERIOD_CODE];
	struct region region;
	const char *period;
	enum err e = call_period(c, &period);

	if (e == ERR_OK)
		e = call_item(c, &item);
	if (e == ERR_OK)
		e = store_region_get(c->api->store, call_path(c, "code"), &region, &c->info);
	if (e == ERR_OK)
		e = store_series_list(c->api->store, region.code, item.name, period, &series,
				      &c->info);
	if (e != ERR_OK)
		return e;
	latest_period(&series, period, latest);
	e = read_item(c, &item, latest, &t);
	if (e != ERR_OK)
		return e;
	t.cap = series.n * FORECAST_TESTED_MAX;
	cases = calloc(t.cap + 1, sizeof(*cases));
	if (!cases)
		return ERR_NOMEM;
	t.all = cases;
	test_all(&t, &series);
	write_answer(c, &item, latest, &t);
	return ERR_OK;
}
