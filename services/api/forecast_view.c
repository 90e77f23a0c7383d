/* SPDX-License-Identifier: Apache-2.0 */
#include "api/forecast_view.h"

#include <stdlib.h>

#include "base/str.h"
#include "json/write.h"

const char *forecast_unit(const struct standard *standard, size_t item)
{
	const struct item_rule *rule;
	struct plan_item what;

	plan_item_get(standard, item, &what);
	switch (what.unit) {
	case PLAN_CV:
		return "cv";
	case PLAN_FAILING:
	case PLAN_REACHING:
		return "schools";
	case PLAN_FIGURE:
		rule = &standard->items[item - RESOURCE_ITEMS];
		return measure_names[rule->conditions[item_figure(rule)].measure];
	case PLAN_MET:
		break;
	}
	return NULL;
}

size_t forecast_points(const struct series_figure *figures, size_t n,
		       struct forecast_point out[FORECAST_POINTS_MAX])
{
	const size_t skip = n > FORECAST_POINTS_MAX ? n - FORECAST_POINTS_MAX : 0;

	for (size_t i = skip; i < n; i++) {
		int64_t year = 0;

		/* A period is four digits. */
		if (!str_to_int64(figures[i].period, &year))
			year = 0;
		out[i - skip] =
			(struct forecast_point){ (int)year, plan_millionths(figures[i].value) };
	}
	return n - skip;
}

/* --- pieces ---------------------------------------------------------------------------------- */

static void member_year(struct buf *out, const char *name, int year)
{
	json_name(out, name);
	if (year)
		buf_printf(out, "\"%d\"", year);
	else
		buf_str(out, "null");
}

static void member_millionths(struct buf *out, const char *name, int64_t value)
{
	const double v = (double)value / PLAN_ONE;

	json_member_double(out, name, &v);
}

static void write_figures(struct buf *out, const struct outlook_item *o)
{
	const size_t skip = o->n > FORECAST_POINTS_MAX ? o->n - FORECAST_POINTS_MAX : 0;

	json_name(out, "figures");
	buf_str(out, "[");
	for (size_t i = skip; i < o->n; i++) {
		buf_str(out, i > skip ? ",{" : "{");
		json_member_text(out, "period", o->figures[i].period);
		json_member_double(out, "value", &o->figures[i].value);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static const char *const line_names[FORECAST_LINES] = { "lower", "likely", "upper" };

/* Without an interval only the likely line is told. */
static bool is_told(const struct forecast *f, int line)
{
	return f->has_interval || line == FORECAST_LIKELY;
}

static void write_slope(struct buf *out, const struct forecast *f)
{
	json_name(out, "slope");
	buf_str(out, "{");
	for (int line = 0; line < FORECAST_LINES; line++) {
		const struct fraction *s = &f->slope[line];
		const double slope = wide_quotient(s->num, (int128)s->den * PLAN_ONE);

		json_member_double(out, line_names[line], is_told(f, line) ? &slope : NULL);
	}
	buf_str(out, "}");
}

static void write_years(struct buf *out, const struct outlook_item *o, const struct forecast *f)
{
	json_name(out, "years");
	buf_str(out, "[");
	for (int year = f->year + 1; year <= f->year + FORECAST_TOLD; year++) {
		buf_str(out, year > f->year + 1 ? ",{" : "{");
		member_year(out, "year", year);
		for (int line = 0; line < FORECAST_LINES; line++) {
			if (is_told(f, line))
				member_millionths(
					out, line_names[line],
					forecast_told(f, &o->what, (enum forecast_line)line, year));
			else
				json_member_double(out, line_names[line], NULL);
		}
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static void write_crossing(struct buf *out, const struct forecast *f,
			   const struct forecast_crossing *c)
{
	json_name(out, "crossing");
	buf_str(out, "{");
	json_member_text(out, "kind", c->leaves ? "leaves" : "reaches");
	member_year(out, "earliest", f->has_interval ? c->earliest : 0);
	member_year(out, "likely", c->likely);
	member_year(out, "latest", f->has_interval ? c->latest : 0);
	buf_str(out, "}");
}

static void write_planned(struct buf *out, const struct outlook_item *o)
{
	json_name(out, "planned");
	if (!o->planned_year) {
		buf_str(out, "null");
		return;
	}
	buf_str(out, "{");
	member_year(out, "year", o->planned_year);
	json_member_text(out, "of", o->planned_of);
	buf_str(out, "}");
}

/* --- an item --------------------------------------------------------------------------------- */

static bool make(const struct outlook_item *o, struct forecast *out, int64_t *ret_latest)
{
	struct forecast_point points[FORECAST_POINTS_MAX], aim;
	const size_t n = forecast_points(o->figures, o->n, points);
	bool planned;

	if (!n)
		return false;
	*ret_latest = points[n - 1].value;
	planned = forecast_aim(o->plan, o->item, &o->what, &points[n - 1], &aim);
	return forecast_make(points, n, planned ? &aim : NULL, out);
}

static void write_forecast(struct buf *out, const struct outlook_item *o, const struct forecast *f,
			   int64_t latest)
{
	struct forecast_crossing c;
	const bool crosses = forecast_crossing(f, &o->what, latest, &c);
	const char *on_time = NULL;

	json_member_text(out, "basis", forecast_basis_names[f->basis]);
	write_slope(out, f);
	write_years(out, o, f);
	if (!crosses) {
		json_name(out, "crossing");
		buf_str(out, "null");
	} else {
		write_crossing(out, f, &c);
	}
	if (crosses && o->planned_year)
		on_time = forecast_chance_names[forecast_on_time(f, &o->what, latest,
								 o->planned_year)];
	json_member_text_or_null(out, "on_time", on_time);
}

static void write_nothing(struct buf *out)
{
	buf_str(out, ",\"basis\":null,\"slope\":null,\"years\":[],\"crossing\":null,"
		     "\"on_time\":null");
}

void forecast_view_write(struct buf *out, const struct outlook_item *o)
{
	struct forecast f;
	int64_t latest = 0;
	const bool has_figure = o->what.unit != PLAN_MET;
	const bool made = has_figure && make(o, &f, &latest);

	buf_str(out, "{");
	json_member_text(out, "item", o->what.name);
	json_member_text(out, "status", status_names[o->status]);
	json_member_text(out, "result",
			 made         ? "forecast"
			 : has_figure ? "not_enough_data"
				      : "no_figure");
	json_member_text_or_null(out, "unit", o->unit);
	if (o->what.has_limit)
		member_millionths(out, "limit", o->what.limit);
	else
		json_member_double(out, "limit", NULL);
	write_figures(out, o);
	write_planned(out, o);
	if (made)
		write_forecast(out, o, &f, latest);
	else
		write_nothing(out);
	buf_str(out, "}");
}
