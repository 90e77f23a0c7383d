/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/store_world.h"

#include "monitor/evaluate.h"
#include "json/calendar_json.h"
#include "json/documents.h"
#include "json/plan_json.h"
#include "json/rule_json.h"
#include "json/targets.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"
#include "lib/check.h"

const struct actor world_actor = { .key = 7, .region = "" };

static const char *url(void)
{
	const char *value = getenv("JUNHENG_DATABASE_URL");

	if (!value)
		fail_msg("JUNHENG_DATABASE_URL is not set");
	return value;
}

struct store *world_store(int connections, int statement_timeout_ms, const char *options)
{
	struct buf auto_buf text;
	static const struct store_readers readers = { json_parse_standard, json_parse_county_report,
						      json_parse_plan,     json_targets_year,
						      json_parse_rule,     json_lay_calendar };
	struct store_options o = { .readers = &readers,
				   .application = "test_store",
				   .connections = connections,
				   .statement_timeout_ms = statement_timeout_ms,
				   .pool_wait_ms = 2000 };
	struct store *s = NULL;

	buf_init(&text, 4096);
	buf_str(&text, url());
	if (*options)
		buf_printf(&text, "%coptions=%s", strchr(url(), '?') ? '&' : '?', options);
	o.url = text.data;
	assert_int_equal(store_new(&o, &s, NULL), ERR_OK);
	return s;
}

int64_t world_sql(const char *fmt, ...)
{
	static PGconn *conn;
	struct buf auto_buf text;
	char line[8192];
	int64_t value = 0;
	PGresult *result;
	va_list args;

	buf_init(&text, sizeof(line));
	va_start(args, fmt);
	assert_in_range(vsnprintf(line, sizeof(line), fmt, args), 1, sizeof(line) - 1);
	va_end(args);
	if (!conn || PQstatus(conn) != CONNECTION_OK) {
		PQfinish(conn);
		conn = PQconnectdb(url());
	}
	result = PQexec(conn, line);
	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", line, PQerrorMessage(conn));
	if (PQntuples(result) && !PQgetisnull(result, 0, 0))
		IGNORE(!str_to_int64(PQgetvalue(result, 0, 0), &value), "a text then");
	PQclear(result);
	return value;
}

const char *world_school(const char *county, int i, char out[SCHOOL_CODE])
{
	assert_int_equal(snprintf(out, SCHOOL_CODE, "%s%04d", county, i), SCHOOL_CODE - 1);
	return out;
}

void world_school_put(struct store *s, const char *county, int i)
{
	struct school school = { .name = "测试小学", .kind = "211", .locale = "111", .sponsor = 3 };
	struct write_result result;

	world_school(county, i, school.code);
	str_copy(school.county, sizeof(school.county), county);
	assert_int_equal(store_school_put(s, &world_actor, &school, MATCH_ANY, &result, NULL),
			 ERR_OK);
}

void world_county(struct store *s, const char *county, int schools)
{
	struct region region = { .name = "测试县", .targets = "{}" };
	struct write_result result;

	str_copy(region.code, sizeof(region.code), county);
	assert_int_equal(store_region_put(s, &world_actor, &region, MATCH_ANY, &result, NULL),
			 ERR_OK);
	for (int i = 1; i <= schools; i++)
		world_school_put(s, county, i);
}

void world_report(struct report *out, int backbone)
{
	struct stage_report *primary = &out->stages[STAGE_PRIMARY];

	report_init(out);
	primary->present = true;
	primary->figure[STAGE_students] = 500;
	primary->figure[STAGE_classes] = 12;
	primary->figure[STAGE_teachers] = 60;
	primary->figure[STAGE_teachers_above_degree] = 55;
	primary->figure[STAGE_teachers_backbone] = backbone;
	primary->figure[STAGE_teachers_pe_art] = 10;
	out->site[SITE_teaching_area] = 400000;
	out->site[SITE_indoor_sports_area] = 50025;
	out->site[SITE_sports_ground_area] = 600050;
	out->site[SITE_equipment_value] = 200000001;
	out->site[SITE_multimedia_rooms] = 24;
	out->rooms[ROOMS_music_rooms] = (struct rooms){ .n = 2, .area = { 9600, 7350 } };
	out->rooms[ROOMS_art_rooms] = (struct rooms){ .n = 1, .area = { 9000 } };
}

struct write_result world_put(struct store *s, const char *county, int i, int backbone)
{
	struct write_result result = { .version = -1 };
	char school[SCHOOL_CODE];
	struct report report;

	world_report(&report, backbone);
	assert_int_equal(store_report_put(s, &world_actor, WORLD_PERIOD,
					  world_school(county, i, school), &report, MATCH_ANY,
					  &result, NULL),
			 ERR_OK);
	return result;
}

static struct county_key key_of(const char *county, const char *period)
{
	struct county_key key;

	str_copy(key.county, sizeof(key.county), county);
	str_copy(key.period, sizeof(key.period), period);
	return key;
}

enum err world_begin(struct store *s, const char *county, const char *period,
		     struct recompute **ret_rc, const struct recompute_input **ret_input)
{
	const struct county_key key = key_of(county, period);
	enum err err = store_recompute_begin(s, &key, 1, true, ret_rc, NULL);

	if (!err && *ret_rc) {
		assert_int_equal(store_recompute_next(*ret_rc, ret_input, NULL), ERR_OK);
		assert_non_null(*ret_input);
	}
	return err;
}

enum err world_compute(struct store *s, const char *county, const char *period,
		       struct event_list *ret_events, bool *ret_done, struct err_info *info)
{
	const struct county_key key = key_of(county, period);
	struct evaluation done = { .n = 0 };
	struct telling telling;
	struct evaluator ev;
	enum err err;

	telling_init(&telling);
	assert_int_equal(evaluator_init(&ev, s, &telling), ERR_OK);
	err = evaluate_counties(&ev, &key, 1, true, &done, info);
	evaluator_release(&ev);
	telling_release(&telling);
	if (err)
		return err;
	*ret_done = done.n > 0;
	*ret_events = done.events;
	return ERR_OK;
}

int world_judge(struct store *s, const char *county, const char *type)
{
	struct event_list auto_events events = { .n = 0 };
	bool done = false;
	int n = 0;

	assert_int_equal(world_compute(s, county, WORLD_PERIOD, &events, &done, NULL), ERR_OK);
	assert_true(done);
	for (size_t i = 0; i < events.n; i++)
		n += str_equal(events.items[i].type, type);
	return n;
}

void world_failing(struct store *s, const char *county)
{
	world_county(s, county, 2);
	world_put(s, county, 1, 40);
	world_put(s, county, 2, 5);
}
