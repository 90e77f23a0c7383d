/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a request before its handler: routing, parameters, headers, access,
 * cursors. Fake requests, no socket, no store. */
#include <sodium.h>

#include "api/access.h"
#include "api/gzip.h"
#include "api/page.h"
#include "api/router.h"
#include "base/auto.h"
#include "base/str.h"
#include "lib/check.h"
#include "store/store.h"

static enum err find(const char *method, const char *path, const struct route **route,
		     struct path_params *params, char *allow)
{
	return router_find(routes, routes_n, method, path, route, params, allow);
}

static void test_routes(void **state)
{
	const struct route *route = NULL;
	struct path_params params;
	char allow[ALLOW_BYTES];

	(void)state;
	assert_int_equal(find("PUT", "/v1/reports/2025/2134000001", &route, &params, allow),
			 ERR_OK);
	assert_string_equal(route->operation, "putReport");
	assert_string_equal(allow, "");
	assert_string_equal(path_param(&params, "period"), "2025");
	assert_string_equal(path_param(&params, "school"), "2134000001");
	assert_string_equal(path_param(&params, "code"), "");
	assert_int_equal(find("HEAD", "/v1/counties/340207/status", &route, &params, allow),
			 ERR_OK);
	assert_string_equal(route->operation, "getCountyStatus");
	assert_int_equal(find("GET", "/v1/schools/%32134000001", &route, &params, allow), ERR_OK);
	assert_string_equal(path_param(&params, "code"), "2134000001");
}

static void test_no_route(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"/v1",
		"/v1/",
		"/v1/regions",
		"/v1/regions/",
		"/v1/regions/34/",
		"/v1/regions/34/x",
		"//v1/regions/34",
		"/v1/regions/%00",
		"/v1/regions/%zz",
		"/V1/regions/34",
		"/v1/regions/a%0a",
		"/v1/reports/2025",
		"*",
		"/v1/regions/%ff",
		"/../healthz",
	};
	const struct route *route = NULL;
	struct path_params params;
	char allow[ALLOW_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_int_equal(find("GET", paths[i], &route, &params, allow), ERR_NOT_FOUND);
	assert_null(route);
}

static void test_method(void **state)
{
	const struct route *route = NULL;
	struct path_params params;
	char allow[ALLOW_BYTES];

	(void)state;
	assert_int_equal(find("POST", "/v1/reports/2025/1", &route, &params, allow), ERR_METHOD);
	assert_string_equal(allow, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
	assert_int_equal(find("OPTIONS", "/healthz", &route, &params, allow), ERR_METHOD);
	assert_string_equal(allow, "GET, HEAD, OPTIONS");
	assert_int_equal(find("get", "/healthz", &route, &params, allow), ERR_METHOD);
}

/* A row that was left half empty would be closed, and none is. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];

		assert_non_null(r->handler);
		assert_int_not_equal(r->access.scope, SCOPE_NONE);
		assert_true((r->access.role == ROLE_NONE) == (r->access.scope == SCOPE_OPEN));
		if (str_equal(r->method, "GET") || str_equal(r->method, "DELETE"))
			assert_int_equal(r->body, BODY_NONE);
		else if (!strstr(r->path, "/commit")) /* what was sent before */
			assert_int_not_equal(r->body, BODY_NONE);
		/* Writing regions and standards is for admins. */
		if ((strstr(r->path, "/regions/") || str_equal(r->path, "/v1/standards/{id}")) &&
		    !str_equal(r->method, "GET"))
			assert_int_equal(r->access.role, ROLE_ADMIN);
		for (size_t j = 0; j < i; j++)
			assert_false(str_equal(r->operation, routes[j].operation));
	}
}

/* A school's own key: its school, and what is about no school, where a route says so. */
static void test_own_key(void **state)
{
	static const struct {
		struct access_rule rule;
		const char *school;
		enum err wanted;
	} rows[] = {
		{ { ROLE_REPORTER, SCOPE_SCHOOL, true }, "2134000001", ERR_OK },
		{ { ROLE_REPORTER, SCOPE_SCHOOL, true }, "2134000002", ERR_FORBIDDEN },
		{ { ROLE_REPORTER, SCOPE_SCHOOL, false }, "2134000001", ERR_FORBIDDEN },
		{ { ROLE_REPORTER, SCOPE_STANDARD, true }, "", ERR_OK },
		{ { ROLE_ADMIN, SCOPE_STANDARD, true }, "", ERR_FORBIDDEN },
		{ { ROLE_REPORTER, SCOPE_COUNTY, false }, "", ERR_FORBIDDEN },
		{ { ROLE_REPORTER, SCOPE_NONE, true }, "", ERR_FORBIDDEN },
	};
	struct api_key key = { .role = ROLE_REPORTER, .region = "2134000001" };
	struct err_info info;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(access_route(&rows[i].rule, &key, rows[i].school, &info),
				 rows[i].wanted);
}

static void test_query(void **state)
{
	struct query q;

	(void)state;
	assert_int_equal(query_parse("", "", &q, NULL), ERR_OK);
	assert_int_equal(
		query_parse("limit=5&county=34%30207&cursor=a+b", "limit,county,cursor", &q, NULL),
		ERR_OK);
	assert_string_equal(query_get(&q, "limit"), "5");
	assert_string_equal(query_get(&q, "county"), "340207");
	assert_string_equal(query_get(&q, "cursor"), "a b");
	assert_string_equal(query_get(&q, "after"), "");
	assert_int_equal(query_parse("x=1", "limit", &q, NULL), ERR_PARAMETER);
	assert_int_equal(query_parse("limi=1", "limit", &q, NULL), ERR_PARAMETER);
	assert_int_equal(query_parse("=1", "limit", &q, NULL), ERR_PARAMETER);
	assert_int_equal(query_parse("limit,county=1", "limit,county", &q, NULL), ERR_PARAMETER);
	assert_int_equal(query_parse("limit=1&limit=2", "limit", &q, NULL), ERR_PARAMETER);
	assert_int_equal(query_parse("limit=&limit=2", "limit", &q, NULL), ERR_PARAMETER);
	assert_int_equal(query_parse("limit=%4", "limit", &q, NULL), ERR_PARAMETER);
	assert_int_equal(query_parse("limit=%00", "limit", &q, NULL), ERR_PARAMETER);
	assert_int_equal(query_parse("limit=%ff", "limit", &q, NULL), ERR_PARAMETER);
}

static void test_long_query(void **state)
{
	char raw[4000] = "limit=";
	struct query q;

	(void)state;
	memset(raw + 6, '1', sizeof(raw) - 7);
	raw[sizeof(raw) - 1] = '\0';
	assert_int_equal(query_parse(raw, "limit", &q, NULL), ERR_PARAMETER);
}

static void test_media_types(void **state)
{
	static const char json[] = "application/json";

	(void)state;
	assert_true(media_type_is("application/json", json));
	assert_true(media_type_is("Application/JSON; charset=UTF-8", json));
	assert_true(media_type_is("application/json;charset=\"utf-8\"", json));
	assert_false(media_type_is("application/json; charset=gbk", json));
	assert_false(media_type_is("application/jsonp", json));
	assert_false(media_type_is("text/json", json));
	assert_false(media_type_is("", json));
	assert_false(media_type_is(NULL, json));
	assert_true(accept_names("text/html, text/event-stream;q=0.9", "text/event-stream"));
	assert_true(accept_names("text/event-stream", "text/event-stream"));
	assert_false(accept_names("*/*", "text/event-stream"));
	assert_false(accept_names(NULL, "text/event-stream"));
	assert_true(accept_admits(NULL, "application/json"));
	assert_true(accept_admits("text/html, */*;q=0.1", "application/json"));
	assert_true(accept_admits("application/*", "application/json"));
	assert_true(accept_admits("application/json;q=0.5", "application/json"));
	assert_false(accept_admits("application/xml", "application/json"));
	assert_false(accept_admits("text/*", "application/json"));
}

static void test_conditions(void **state)
{
	int64_t match = 77;

	(void)state;
	assert_int_equal(if_match_parse(NULL, &match, NULL), ERR_OK);
	assert_true(match == MATCH_ANY);
	assert_int_equal(if_match_parse(" * ", &match, NULL), ERR_OK);
	assert_true(match == MATCH_EXISTS);
	assert_int_equal(if_match_parse("\"41\"", &match, NULL), ERR_OK);
	assert_true(match == 41);
	assert_int_equal(if_match_parse("W/\"41\"", &match, NULL), ERR_OK);
	assert_true(match == MATCH_NEVER);
	assert_int_equal(if_match_parse("\"abc\"", &match, NULL), ERR_OK);
	assert_true(match == MATCH_NEVER);
	assert_int_equal(if_match_parse("\"-1\"", &match, NULL), ERR_OK);
	assert_true(match == MATCH_NEVER);
	assert_int_equal(if_match_parse("41", &match, NULL), ERR_PARAMETER);
	assert_int_equal(if_match_parse("\"41", &match, NULL), ERR_PARAMETER);
	assert_int_equal(if_match_parse("\"1\", \"2\"", &match, NULL), ERR_PARAMETER);
	assert_true(if_none_match_has("\"1\", W/\"41\"", "\"41\""));
	assert_true(if_none_match_has("*", "\"41\""));
	assert_true(if_none_match_has("\"1\", \"41-gzip\"", "\"41\""));
	assert_false(if_none_match_has("\"-gzip\"", "\"\""));
	assert_false(if_none_match_has("\"4-gzip\"", "\"41\""));
	assert_int_equal(if_match_parse("\"41-0123456789abcdef0123456789abcdef\"", &match, NULL),
			 ERR_OK);
	assert_int_equal(match, 41);
	assert_int_equal(
		if_match_parse("\"41-0123456789abcdef0123456789abcdef-gzip\"", &match, NULL),
		ERR_OK);
	assert_int_equal(match, 41);
	assert_int_equal(if_match_parse("\"41-0123456789abcdef0123456789abcdeg\"", &match, NULL),
			 ERR_OK);
	assert_true(match == MATCH_NEVER);
	assert_int_equal(if_match_parse("\"41-abc\"", &match, NULL), ERR_OK);
	assert_true(match == MATCH_NEVER);
	assert_int_equal(if_match_parse("\"41-gzip\"", &match, NULL), ERR_OK);
	assert_true(match == 41);
	assert_int_equal(if_match_parse("\"-gzip\"", &match, NULL), ERR_OK);
	assert_true(match == MATCH_NEVER);
	assert_int_equal(if_match_parse("\"41-gzip-gzip\"", &match, NULL), ERR_OK);
	assert_true(match == MATCH_NEVER);
	assert_false(if_none_match_has("\"4\"", "\"41\""));
	assert_false(if_none_match_has("41", "\"41\""));
	assert_false(if_none_match_has(NULL, "\"41\""));
}

struct access_case {
	enum role role;
	const char *key_region;
	struct access_rule rule;
	const char *code;   /* of the county or region that is touched */
	const char *school; /* in the path */
	bool allowed;
};

#define REPORTS                                   \
	{                                         \
		ROLE_REPORTER, SCOPE_SCHOOL, true \
	}
#define SCHOOLS                                    \
	{                                          \
		ROLE_REPORTER, SCOPE_SCHOOL, false \
	}
#define COUNTY                                     \
	{                                          \
		ROLE_REPORTER, SCOPE_COUNTY, false \
	}
#define LISTS                                       \
	{                                           \
		ROLE_REPORTER, SCOPE_ANY_KEY, false \
	}
#define METRICS                                       \
	{                                             \
		ROLE_SUPERVISOR, SCOPE_ANY_KEY, false \
	}
#define REGIONS                                 \
	{                                       \
		ROLE_ADMIN, SCOPE_REGION, false \
	}

/* clang-format off */
static const struct access_case cases[] = {
	/* role            region        rule     touches   school        allowed */
	{ ROLE_REPORTER,   "",           REPORTS, "340207", "2134000001", true },
	{ ROLE_REPORTER,   "34",         REPORTS, "340207", "2134000001", true },
	{ ROLE_REPORTER,   "3402",       REPORTS, "340207", "2134000001", true },
	{ ROLE_REPORTER,   "340207",     REPORTS, "340207", "2134000001", true },
	{ ROLE_REPORTER,   "340208",     REPORTS, "340207", "2134000001", false },
	{ ROLE_REPORTER,   "35",         REPORTS, "340207", "2134000001", false },
	{ ROLE_REPORTER,   "2134000001", REPORTS, "340207", "2134000001", true },
	{ ROLE_REPORTER,   "2134000001", REPORTS, "340207", "2134000002", false },
	{ ROLE_ADMIN,      "2134000001", SCHOOLS, "340207", "2134000001", false },
	{ ROLE_ADMIN,      "2134000001", COUNTY,  "340207", "",           false },
	{ ROLE_ADMIN,      "2134000001", LISTS,   "",       "",           false },
	{ ROLE_REPORTER,   "340207",     SCHOOLS, "340207", "2134000001", true },
	{ ROLE_REPORTER,   "340207",     COUNTY,  "340207", "",           true },
	{ ROLE_REPORTER,   "340207",     COUNTY,  "34",     "",           false },
	{ ROLE_REPORTER,   "340207",     COUNTY,  "3402",   "",           false },
	{ ROLE_REPORTER,   "34",         METRICS, "34",     "",           false },
	{ ROLE_SUPERVISOR, "34",         METRICS, "34",     "",           true },
	{ ROLE_ADMIN,      "34",         METRICS, "34",     "",           true },
	{ ROLE_REPORTER,   "34",         REGIONS, "3402",   "",           false },
	{ ROLE_SUPERVISOR, "34",         REGIONS, "3402",   "",           false },
	{ ROLE_ADMIN,      "34",         REGIONS, "3402",   "",           true },
	{ ROLE_ADMIN,      "34",         REGIONS, "34",     "",           true },
	{ ROLE_ADMIN,      "3402",       REGIONS, "34",     "",           false },
	{ ROLE_ADMIN,      "",           REGIONS, "34",     "",           true },
	/* Closed by default: no role, a forgotten rule. */
	{ ROLE_NONE,       "",           COUNTY,  "340207", "",           false },
	{ ROLE_ADMIN,      "",           { ROLE_NONE, SCOPE_NONE, false },     "340207", "", false },
	{ ROLE_ADMIN,      "",           { ROLE_ADMIN, SCOPE_NONE, true },     "340207", "", false },
	{ ROLE_ADMIN,      "",           { ROLE_NONE, SCOPE_COUNTY, false },   "340207", "", false },
};
/* clang-format on */

static void test_gzip(void **state)
{
	static const char *const yes[] = {
		"gzip", "GZip",        "x-gzip",           "br;q=1, gzip;q=0.001",
		"*",    " ,gzip ;q=1", "identity, *;q=0.1"
	};
	static const char *const no[] = {
		"",    "br",    "gzip;q=0", "gzip; q=0.0", "*;q=0.000, br", "gzip;q=0, *",
		"gzi", "gzipp", "gzip;q="
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		assert_true(gzip_admitted(yes[i]));
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		assert_false(gzip_admitted(no[i]));
	assert_false(gzip_admitted(NULL));
	assert_true(gzip_pays("text/csv; charset=utf-8", GZIP_LEAST));
	assert_false(gzip_pays("text/csv; charset=utf-8", GZIP_LEAST - 1));
	assert_false(gzip_pays("application/pdf", 1 << 20));
}

static void test_access(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct access_case *c = &cases[i];
		struct api_key key = { .role = c->role };
		enum err e;

		str_copy(key.region, sizeof(key.region), c->key_region);
		e = access_route(&c->rule, &key, c->school, NULL);
		if (e == ERR_OK)
			e = access_region(&key, c->code, c->school, NULL);
		if ((e == ERR_OK) != c->allowed)
			print_message("row %zu\n", i);
		assert_int_equal(e, c->allowed ? ERR_OK : ERR_FORBIDDEN);
	}
}

static void test_access_rules(void **state)
{
	static const struct {
		const char *key_region, *code;
		enum role role;
		bool allowed;
	} sets[] = {
		{ "", "", ROLE_ADMIN, true },
		{ "", "340207", ROLE_ADMIN, true },
		{ "34", "34", ROLE_ADMIN, true },
		{ "34", "340207", ROLE_ADMIN, true },
		{ "34", "", ROLE_ADMIN, false },
		{ "34", "35", ROLE_ADMIN, false },
		{ "3402", "3402", ROLE_ADMIN, false },
		{ "3402", "340207", ROLE_ADMIN, false },
		{ "340207", "340207", ROLE_ADMIN, false },
		{ "2134000001", "", ROLE_ADMIN, false },
		{ "", "34", ROLE_NONE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct api_key key = { .role = sets[i].role };

		str_copy(key.region, sizeof(key.region), sets[i].key_region);
		assert_int_equal(access_rules(&key, sets[i].code, NULL),
				 sets[i].allowed ? ERR_OK : ERR_FORBIDDEN);
	}
}

static void test_access_holds(void **state)
{
	static const struct {
		const char *key_region, *code;
		enum role role;
		bool allowed;
	} holds[] = {
		{ "340207", "", ROLE_REPORTER, true },
		{ "340207", "34", ROLE_REPORTER, true },
		{ "340207", "340207", ROLE_REPORTER, true },
		{ "34", "340207", ROLE_REPORTER, true },
		{ "340207", "35", ROLE_ADMIN, false },
		{ "340207", "340208", ROLE_ADMIN, false },
		{ "2134000001", "21", ROLE_REPORTER, false },
		{ "340207", "34", ROLE_NONE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(holds); i++) {
		struct api_key key = { .role = holds[i].role };

		str_copy(key.region, sizeof(key.region), holds[i].key_region);
		assert_int_equal(access_holds(&key, holds[i].code, NULL),
				 holds[i].allowed ? ERR_OK : ERR_FORBIDDEN);
	}
}

static void test_access_silence(void **state)
{
	static const struct {
		const char *key_region, *author_region;
		enum role role;
		bool allowed;
	} ends[] = {
		{ "340207", "340207", ROLE_SUPERVISOR, true },
		{ "3402", "340207", ROLE_SUPERVISOR, true },
		{ "", "", ROLE_SUPERVISOR, true },
		{ "340207", "34", ROLE_ADMIN, false },
		{ "34", "", ROLE_ADMIN, false },
		{ "340208", "340207", ROLE_ADMIN, false },
		{ "2134000001", "340207", ROLE_ADMIN, false },
		{ "", "34", ROLE_NONE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct api_key key = { .role = ends[i].role };

		str_copy(key.region, sizeof(key.region), ends[i].key_region);
		assert_int_equal(access_silence(&key, ends[i].author_region, NULL),
				 ends[i].allowed ? ERR_OK : ERR_FORBIDDEN);
	}
}

static void test_cursor(void **state)
{
	char key[CURSOR_KEY], cursor[CURSOR_BYTES];
	static const char *const bad[] = {
		"",     "a",    "MTo=", "MTo+",
		"****", "AAAA", "/w",   "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy"
	};

	(void)state;
	cursor_write("1:2134000017", cursor);
	assert_true(cursor_read(cursor, key));
	assert_string_equal(key, "1:2134000017");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(cursor_read(bad[i], key));
	assert_string_equal(key, "1:2134000017");
}

static void test_problem(void **state)
{
	struct err_info info = { .code = ERR_OK };
	struct problems p = { .n = 0 };
	struct reply rp;

	(void)state;
	reply_init(&rp);
	problems_add(&p, "/a", "negative", "不能为负数 / must not be negative");
	reply_problem(&rp, ERR_INVALID, &info, &p, "r1");
	assert_int_equal(rp.status, 422);
	assert_string_equal(
		rp.body.data,
		"{\"type\":\"/problems/invalid-value\",\"title\":\"数据未通过校验 / the "
		"data did not pass validation\",\"status\":422,\"detail\":\"1 处有误 / 1 "
		"mistakes\",\"request_id\":\"r1\",\"errors\":[{\"pointer\":\"/a\","
		"\"code\":\"negative\",\"detail\":\"不能为负数 / must not be "
		"negative\"}]}");
	/* What went wrong inside is not for the client. */
	p.n = 0;
	IGNORE(err_at(&info, ERR_IO, "/x", "secret", "relation \"report\" does not exist"), "fill");
	reply_problem(&rp, ERR_IO, &info, &p, "r2");
	assert_int_equal(rp.status, 500);
	assert_null(strstr(rp.body.data, "relation"));
	assert_null(strstr(rp.body.data, "secret"));
	assert_non_null(strstr(rp.body.data, "/problems/internal"));
	reply_problem(&rp, ERR_DB_DOWN, &info, &p, "r3");
	assert_int_equal(rp.retry_after_s, 1);
	reply_release(&rp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),         cmocka_unit_test(test_no_route),
		cmocka_unit_test(test_method),         cmocka_unit_test(test_table),
		cmocka_unit_test(test_own_key),        cmocka_unit_test(test_query),
		cmocka_unit_test(test_long_query),     cmocka_unit_test(test_media_types),
		cmocka_unit_test(test_conditions),     cmocka_unit_test(test_access),
		cmocka_unit_test(test_access_rules),   cmocka_unit_test(test_access_holds),
		cmocka_unit_test(test_access_silence), cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_cursor),         cmocka_unit_test(test_problem),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
