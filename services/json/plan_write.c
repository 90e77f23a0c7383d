/* SPDX-License-Identifier: Apache-2.0 */
/* Plans as they are told, and where a status says that their items stand. */
#include <string.h>

#include "base/str.h"
#include "json/plan_json.h"
#include "json/reader.h"
#include "json/write.h"

/* A member of an item, as a figure. */
static bool number_of(const json_t *item, const char *name, double *out)
{
	const json_t *value = json_object_get(item, name);

	if (!json_is_number(value))
		return false;
	*out = json_number_value(value);
	return true;
}

static void read_latest(const json_t *item, const struct item_rule *rule, struct plan_latest *out)
{
	const char *status = json_string_value(json_object_get(item, "status"));
	const int figure = item_figure(rule);
	double value = 0, met = 0;
	bool has;

	*out = (struct plan_latest){ .status = STATUS_NO_DATA };
	if (!status || !status_parse(status, &out->status))
		return;
	if (figure == ITEM_OF_SCHOOLS) {
		has = number_of(item, "schools_total", &value) &&
		      number_of(item, "schools_met", &met) && value > 0;
		value -= met;
	} else {
		has = figure >= 0 && number_of(item, "value", &value);
	}
	out->has_value = has;
	out->value = has ? plan_millionths(value) : 0;
}

void json_plan_latest(const char *items, const struct standard *standard, struct plan_latest *out)
{
	auto_json json_t *root = json_loads(items, 0, NULL);

	for (int i = 0; i < standard->items_n; i++)
		read_latest(json_object_get(root, standard->items[i].name), &standard->items[i],
			    &out[i]);
}

static void write_derived(struct buf *out, const struct plan_derived *d)
{
	const double target = (double)d->point.value / PLAN_ONE;

	buf_str(out, "{");
	json_member_text(out, "item", d->item);
	json_name(out, "year");
	buf_printf(out, "\"%d\"", d->point.year);
	if (d->point.met)
		json_member_text(out, "target", "met");
	else
		json_member_double(out, "target", &target);
	json_member_bool(out, "derived", true);
	buf_str(out, "}");
}

static enum err write_value(struct buf *out, const json_t *value)
{
	auto_free char *text =
		json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);

	if (!text)
		return ERR_NOMEM;
	buf_str(out, text);
	return ERR_OK;
}

static enum err write_milestones(struct buf *out, const json_t *given,
				 const struct plan_derived *derived, size_t n)
{
	const json_t *value;
	enum err e;
	size_t i;

	json_name(out, "milestones");
	buf_str(out, "[");
	json_array_foreach(given, i, value)
	{
		if (i)
			buf_str(out, ",");
		e = write_value(out, value);
		if (e != ERR_OK)
			return e;
	}
	for (i = 0; i < n; i++) {
		if (i || json_array_size(given))
			buf_str(out, ",");
		write_derived(out, &derived[i]);
	}
	buf_str(out, "]");
	return ERR_OK;
}

enum err json_write_plan(const char *document, const struct plan_derived *derived, size_t n,
			 struct buf *out, struct err_info *info)
{
	static const char *const lists[] = { "tasks", "safeguards" };
	auto_json json_t *root = json_loads(document, 0, NULL);
	const char *year = json_string_value(json_object_get(root, "recognition_year"));
	enum err e;

	if (!root)
		return err_set(info, ERR_DB, "a stored plan is no JSON");
	if (year)
		json_member_text(out, "recognition_year", year);
	e = write_milestones(out, json_object_get(root, "milestones"), derived, n);
	for (size_t i = 0; i < ARRAY_LEN(lists) && e == ERR_OK; i++) {
		json_name(out, lists[i]);
		e = write_value(out, json_object_get(root, lists[i]));
	}
	return e == ERR_OK ? ERR_OK : err_set(info, e, "%s", err_text(e));
}
