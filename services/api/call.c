/* SPDX-License-Identifier: Apache-2.0 */
#include "api/call.h"

#include <string.h>

#include "api/access.h"
#include "base/metrics.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "domain/day.h"
#include "json/events.h"

const char *call_path(const struct call *c, const char *name)
{
	return path_param(&c->path, name);
}

struct actor call_actor(const struct call *c)
{
	return (struct actor){ .key = c->key.id, .region = c->key.region };
}

const char *call_who(const struct call *c, char out[CALL_WHO])
{
	if (c->key.label[0])
		str_copy(out, CALL_WHO, c->key.label);
	else if (snprintf(out, CALL_WHO, "密钥 %lld / key %lld", (long long)c->key.id,
			  (long long)c->key.id) < 0)
		out[0] = '\0';
	return out;
}

void call_hint(struct api *api, const struct write_result *w, bool bulk)
{
	auto_buf struct buf text;
	struct change_hint hint;

	str_copy(hint.county, sizeof(hint.county), w->county);
	str_copy(hint.period, sizeof(hint.period), w->period);
	hint.version = w->version;
	hint.bulk = bulk;
	buf_init(&text, HINT_BYTES_MAX);
	json_write_hint(&hint, &text);
	if (!buf_failed(&text) && bus_push_send(api->push, text.data, text.len))
		metric_add(METRIC_HINTS_SENT, 1);
	else
		metric_add(METRIC_HINTS_DROPPED, 1);
}

void call_written(struct call *c, const struct write_result *w)
{
	reply_etag_version(c->rp, w->version);
	if (!w->changed)
		return;
	metric_add(METRIC_WRITES, 1);
	/* A school's change touches every period of its county: the sweep finds those. */
	if (w->county[0] && w->period[0])
		call_hint(c->api, w, false);
}

int call_last_year(void)
{
	return day_year(day_in_china(time_now_us())) + 1;
}

bool call_is_far_off(const char *year)
{
	int64_t value = 0;

	return str_to_int64(year, &value) && value > call_last_year();
}

enum err call_period(struct call *c, const char **ret_period)
{
	const char *period = query_get(&c->query, "period");

	if (period[0] && !(str_is_digits(period, 4) && str_starts(period, "20")))
		return err_set(&c->info, ERR_PARAMETER,
			       "period 须为 2000 到 2099 / period must be 2000 to 2099");
	*ret_period = period;
	return ERR_OK;
}

enum err call_as_of(struct call *c, int64_t *ret_us)
{
	int64_t us = AS_OF_NOW;

	for (size_t i = 0; i < c->query.n; i++) {
		const char *text = c->query.value[i];

		/* Empty is a mistake too: it would ask for another time than was meant. */
		if (!str_equal(c->query.name[i], "as_of") || time_parse(text, &us))
			continue;
		if (!time_parse_date(text, &us))
			return err_set(&c->info, ERR_PARAMETER,
				       "as_of 须为日期 2026-03-01 或 RFC 3339 时刻 "
				       "2026-03-01T08:00:00Z(时区的 + 写作 %%2B)/ as_of must be a "
				       "date or an RFC 3339 instant (the + of an offset is "
				       "written %%2B)");
		us += DAY_US - 1;
	}
	*ret_us = us;
	return ERR_OK;
}

enum err call_since(struct call *c, int64_t *ret_us)
{
	const char *text = query_get(&c->query, "since");

	*ret_us = -1;
	if (!text[0] || time_parse(text, ret_us) || time_parse_date(text, ret_us))
		return ERR_OK;
	return err_set(
		&c->info, ERR_PARAMETER,
		"since 须为日期 2026-03-01 或 RFC 3339 时刻 / since must be a date or an RFC "
		"3339 instant");
}

enum err call_item(struct call *c, struct explain_item *out)
{
	const char *name = query_get(&c->query, "item");

	if (explain_item_parse(name, out))
		return ERR_OK;
	return err_set(
		&c->info, ERR_PARAMETER,
		"item %s,须为标准的项目、R1…R7.<学段>.cv、R1…R7.<学段>.schools 或 schools.<学段> / "
		"item %s, it must be an item of the standard, R1…R7.<stage>.cv, "
		"R1…R7.<stage>.schools or schools.<stage>",
		name[0] ? "有误" : "缺少", name[0] ? "is unknown" : "is missing");
}

#define NAMES_BYTES 160

enum err call_item_known(struct call *c, const struct explain_item *item,
			 const struct standard *standard)
{
	auto_buf struct buf names;

	buf_init(&names, NAMES_BYTES);
	if (item->part != EXPLAIN_ITEM || standard_item(standard, item->name) >= 0)
		return ERR_OK;
	/* What does not fit is left out: the standard itself has them all. */
	for (int i = 0; i < standard->items_n; i++)
		buf_printf(&names, " %s", standard->items[i].name);
	return err_set(&c->info, ERR_PARAMETER,
		       "item %s 不在标准 %s 中,其项目有 / is not of this standard, which has:%s",
		       item->name, standard->id, names.data);
}

enum err call_prefix_form(struct call *c, const char *name, const char *code)
{
	const size_t len = strlen(code);

	if (len && !(str_is_digits(code, len) && (len == 2 || len == 4 || len == 6)))
		return err_set(&c->info, ERR_PARAMETER,
			       "%s 须为 2、4 或 6 位数字 / %s must be 2, 4 or 6 digits", name,
			       name);
	return ERR_OK;
}

static enum err code_prefix(struct call *c, const char *name, const char **ret_code)
{
	const char *code = query_get(&c->query, name);
	const enum err e = call_prefix_form(c, name, code);

	if (e != ERR_OK)
		return e;
	*ret_code = code;
	return code[0] ? access_region(&c->key, code, "", &c->info) : ERR_OK;
}

enum err call_county(struct call *c, const char **ret_county)
{
	return code_prefix(c, "county", ret_county);
}

enum err call_region(struct call *c, const char **ret_region)
{
	return code_prefix(c, "region", ret_region);
}
