/* SPDX-License-Identifier: Apache-2.0 */
#include "api/dispatch.h"

#include <sodium.h>
#include <string.h>

#include "api/access.h"
#include "api/auth.h"
#include "api/gzip.h"
#include "api/idempotency.h"
#include "api/import_view.h"
#include "api/import_workbook.h"
#include "api/router.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/str.h"
#include "base/timeutil.h"

/* The client's own id when it is harmless, else a random one. */
static void choose_id(struct call *c)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	const char *wish = c->rq->request_id;
	unsigned char random[12];

	if (wish && *wish && strlen(wish) < sizeof(c->id) &&
	    strspn(wish, allowed) == strlen(wish)) {
		str_copy(c->id, sizeof(c->id), wish);
		return;
	}
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(c->id, sizeof(c->id), random, sizeof(random));
}

static enum err bad_path(struct call *c, const char *zh, const char *en)
{
	return err_set(&c->info, ERR_PARAMETER, "路径中%s / in the path, %s", zh, en);
}

static bool is_region(const char *s)
{
	const size_t len = strlen(s);

	return str_is_digits(s, len) && (len == 2 || len == 4 || len == 6);
}

/* What the scope is about: {code}, or the name of the thing itself. */
static const char *path_code(const struct call *c)
{
	static const char *const names[] = { "code", "county", "school", "id" };
	const char *code = "";

	for (size_t i = 0; i < ARRAY_LEN(names) && !code[0]; i++)
		code = call_path(c, names[i]);
	return code;
}

/* The school that the path names, "" when it names none. */
static const char *path_school(const struct call *c)
{
	return c->route->access.scope == SCOPE_SCHOOL ? path_code(c) : "";
}

static bool is_county(const char *s)
{
	return str_is_digits(s, COUNTY_CODE - 1);
}

static bool is_school(const char *s)
{
	return str_is_digits(s, SCHOOL_CODE - 1);
}

static bool is_number(const char *s)
{
	int64_t id = 0;

	return str_to_int64(s, &id) && id >= 1;
}

static bool is_standard(const char *s)
{
	const size_t len = strlen(s);

	return len && len < STANDARD_ID && s[0] != '-' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static bool is_rule(const char *s)
{
	return strlen(s) < RULE_ID && s[0] >= 'a' && s[0] <= 'z' && is_standard(s);
}

/* What the path names, the scope says; a number is what is left. */
static const struct path_rule {
	enum scope scope;
	bool (*is)(const char *code);
	const char *zh;
	const char *en;
} path_rules[] = {
	{ SCOPE_OPEN, is_number, "编号须为正整数", "an id is a positive whole number" },
	{ SCOPE_ANY_KEY, is_number, "编号须为正整数", "an id is a positive whole number" },
	{ SCOPE_REGION, is_region, "地区代码须为 2、4 或 6 位数字",
	  "a region has 2, 4 or 6 digits" },
	{ SCOPE_COUNTY, is_county, "县代码须为 6 位数字", "a county has 6 digits" },
	{ SCOPE_SCHOOL, is_school, "学校标识码须为 10 位数字", "a school has 10 digits" },
	{ SCOPE_STANDARD, is_standard, "标准的标识须为 31 个以内的小写字母、数字和 -",
	  "a standard has at most 31 of a-z, 0-9 and -" },
	{ SCOPE_RULE, is_rule, "规则的标识须以小写字母开头,为 15 个以内的小写字母、数字和 -",
	  "a rule is a small letter, then a-z, 0-9 and -, at most 15 in all" },
};

static enum err check_path(struct call *c)
{
	const char *period = call_path(c, "period");
	const char *code = path_code(c);

	for (size_t i = 0; i < ARRAY_LEN(path_rules) && code[0]; i++) {
		const struct path_rule *rule = &path_rules[i];

		if (rule->scope == c->route->access.scope && !rule->is(code))
			return bad_path(c, rule->zh, rule->en);
	}
	if (period[0] && !(str_is_digits(period, PERIOD_CODE - 1) && str_starts(period, "20")))
		return bad_path(c, "学年须为 2000 到 2099", "a period is 2000 to 2099");
	if (period[0] && call_is_far_off(period))
		return bad_path(c, "学年最晚为明年", "a period begins next year at the latest");
	return ERR_OK;
}

/* A file, or a part of one, may be packed. Whether it came as it was sent is known before its
 * Idempotency-Key is looked at: damaged, it is no other request. */
static enum err check_file(struct call *c)
{
	const struct request *rq = c->rq;
	unsigned char sha256[IMPORT_SHA256];

	if (c->route->body == BODY_FILE && !import_format_named(rq->content_type))
		return err_set(&c->info, ERR_MEDIA_TYPE,
			       "须为 application/x-ndjson、text/csv 或 xlsx / must be "
			       "application/x-ndjson, text/csv or " XLSX_TYPE);
	if (coding_named(rq->content_encoding) == CODING_UNKNOWN)
		return err_set(&c->info, ERR_MEDIA_TYPE,
			       "Content-Encoding 须为 gzip / Content-Encoding must be gzip");
	if (c->route->body == BODY_FILE && rq->idempotency_key && rq->content_digest)
		return import_check_digest(c, false, sha256);
	return ERR_OK;
}

static enum err check_body(struct call *c)
{
	const struct request *rq = c->rq;

	if (c->route->body == BODY_NONE || (c->route->body == BODY_MAY && !rq->body_len))
		return ERR_OK;
	if (c->route->body == BODY_FILE || c->route->body == BODY_PART)
		return check_file(c);
	if (coding_named(rq->content_encoding) != CODING_NONE)
		return err_set(
			&c->info, ERR_MEDIA_TYPE,
			"此处的内容不压缩,只有导入的文件和分片可以 / what is sent here is not "
			"packed, only files of imports and their parts may be");
	if (!media_type_is(rq->content_type, "application/json") &&
	    !(c->route->body == BODY_PLAN && media_type_named(rq->content_type, XLSX_TYPE)) &&
	    !(c->route->body == BODY_PATCH &&
	      media_type_is(rq->content_type, "application/merge-patch+json")))
		return err_set(&c->info, ERR_MEDIA_TYPE, "须为 UTF-8 的 %s / must be %s in UTF-8",
			       c->route->body == BODY_PATCH ? "application/merge-patch+json"
							    : "application/json",
			       c->route->body == BODY_PATCH ? "application/merge-patch+json"
							    : "application/json");
	return ERR_OK;
}

static enum err check_conditions(struct call *c)
{
	const bool reads = str_equal(c->route->method, "GET");

	if (reads)
		return ERR_OK;
	if (c->rq->if_none_match)
		return err_set(&c->info, ERR_PARAMETER,
			       "写操作不支持 If-None-Match / writes do not take If-None-Match");
	return if_match_parse(c->rq->if_match, &c->match, &c->info);
}

static enum err check_school(struct call *c, const char *code)
{
	if (c->school_version)
		return access_region(&c->key, c->school.county, code, &c->info);
	/* A school that is about to be made: its handler checks the county it names. */
	if (c->route->body == BODY_JSON && call_path(c, "code")[0])
		return ERR_OK;
	return err_at(&c->info, ERR_NOT_FOUND, "/school", "unknown_school",
		      "没有学校 %s / there is no school %s", code, code);
}

/* Whether what the path names lies below the key's region. */
static enum err check_scope(struct call *c)
{
	switch (c->route->access.scope) {
	case SCOPE_OPEN:
	case SCOPE_ANY_KEY:
	case SCOPE_STANDARD:
	case SCOPE_RULE:
		return ERR_OK;
	case SCOPE_REGION:
	case SCOPE_COUNTY:
		return access_region(&c->key, path_code(c), "", &c->info);
	case SCOPE_SCHOOL:
		return check_school(c, path_school(c));
	case SCOPE_NONE:
		break;
	}
	return ERR_FORBIDDEN;
}

static enum err authenticate(struct call *c)
{
	const struct access_rule *rule = &c->route->access;
	const char *school = path_school(c);
	enum err e;

	if (rule->scope == SCOPE_OPEN)
		return ERR_OK;
	e = auth_key(c->api->store, c->rq->authorization, is_school(school) ? school : "", &c->key,
		     &c->school, &c->school_version, &c->info);
	return e == ERR_OK ? access_route(rule, &c->key, school, &c->info) : e;
}

typedef enum err step(struct call *c);

static enum err parse_query(struct call *c)
{
	return query_parse(c->rq->query, c->route->query, &c->query, &c->info);
}

static enum err run_handler(struct call *c)
{
	return c->replayed ? ERR_OK : c->route->handler(c);
}

/* A write is done by now, and is answered in the one type there is. What a GET answers with,
 * its handler has chosen: "text/plain; version=0.0.4" is text/plain. */
static enum err check_accept(struct call *c)
{
	char type[64];

	str_copy(type, sizeof(type), c->rp->content_type);
	type[strcspn(type, ";")] = '\0';
	if (!str_equal(c->route->method, "GET") || accept_admits(c->rq->accept, type))
		return ERR_OK;
	return err_set(&c->info, ERR_NOT_ACCEPTABLE, "此处提供 %s / here is %s", type, type);
}

static enum err handle(struct call *c)
{
	static step *const steps[] = { authenticate,      check_path,       parse_query,
				       check_body,        check_conditions, check_scope,
				       idempotency_begin, run_handler,      check_accept };
	enum err e = router_find(routes, routes_n, c->rq->method, c->rq->path, &c->route, &c->path,
				 c->rp->allow);

	if (e == ERR_METHOD && str_equal(c->rq->method, "OPTIONS")) {
		c->rp->status = 204;
		return ERR_OK;
	}
	for (size_t i = 0; i < ARRAY_LEN(steps) && e == ERR_OK; i++)
		e = steps[i](c);
	if (e == ERR_OK && buf_failed(&c->rp->body))
		e = c->rp->body.err == ERR_TOO_BIG ? ERR_DB : c->rp->body.err;
	return e;
}

/* A GET of a resource has a tag, and whoever has it already gets no body. Metrics are none. */
static void finish_get(struct call *c)
{
	struct reply *rp = c->rp;

	if (rp->status != 200 || !c->route || !str_equal(c->route->method, "GET") ||
	    rp->stream.state)
		return;
	if (c->route->access.scope != SCOPE_OPEN && !str_starts(rp->content_type, "text/plain"))
		reply_etag_body(rp);
	if (rp->etag[0] && if_none_match_has(c->rq->if_none_match, rp->etag)) {
		rp->disposition[0] = '\0';
		rp->status = 304;
	}
}

/* Packed for whoever asks, and told to caches that it depends on that: of a 304, as of the answer
 * that it stands for. Only the tag of what a GET gives is one of these bytes. */
static void finish_coding(struct call *c)
{
	struct reply *rp = c->rp;
	bool packs;

	rp->vary = !rp->stream.state && gzip_pays(rp->content_type, rp->body.len);
	packs = rp->vary && gzip_admitted(c->rq->accept_encoding);
	if (packs && rp->status != 304)
		packs = rp->packed = gzip_pack(&rp->body) == ERR_OK;
	if (packs && c->route && str_equal(c->route->method, "GET"))
		reply_etag_packed(rp);
	if (rp->status == 304)
		buf_release(&rp->body);
}

/* The library would send the end of a stream that has no length, and whoever asks next on the
 * connection would take it for an answer: HEAD has the headers, and begins none. */
static void finish_head(struct call *c)
{
	struct reply *rp = c->rp;

	if (!rp->stream.state || !str_equal(c->rq->method, "HEAD"))
		return;
	rp->stream.close(rp->stream.state);
	rp->stream = (struct body_stream){ .state = NULL };
	rp->streams = true;
}

/* The answer goes out as it is: what cannot be kept is a repeat's trouble. */
static void finish_post(struct call *c)
{
	struct err_info info = { .code = ERR_OK };

	if (idempotency_end(c, &info) != ERR_OK)
		log_event(LOG_WARN, "idempotency", F_STR("request", c->id),
			  F_STR("cause", info.text));
}

static enum log_level level_of(int status)
{
	if (status >= 500)
		return status == 503 ? LOG_WARN : LOG_ERROR;
	return LOG_INFO;
}

/* The cause of a failure of ours, which the client is not told, is the last field. */
static void log_call(const struct call *c, double ms)
{
	const int status = c->rp->status;
	struct log_field fields[] = {
		F_STR("request", c->id),
		F_STR("method", c->rq->method),
		F_STR("path", c->rq->path),
		F_INT("status", status),
		F_MS("ms", ms),
		F_INT("key", c->key.id),
		F_INT("bytes", c->rp->body.len),
		F_STR("cause", c->info.text),
		F_END,
	};

	if (status < 500)
		fields[ARRAY_LEN(fields) - 2] = F_END;
	log_fields(level_of(status), "request", fields);
}

static void begin(struct call *c)
{
	c->match = MATCH_ANY;
	choose_id(c);
}

static void conclude(struct call *c, enum err e, int64_t start)
{
	struct reply *rp = c->rp;
	double seconds;

	if (e != ERR_OK)
		reply_problem(rp, e, &c->info, &c->problems, c->id);
	finish_post(c);
	finish_get(c);
	finish_coding(c);
	finish_head(c);
	rp->close = rp->close || atomic_load(&c->api->stopping);
	str_copy(rp->request_id, sizeof(rp->request_id), c->id);
	seconds = (double)(time_monotonic_us() - start) / 1e6;
	metric_add_label(METRIC_REQUESTS, rp->status / 100, 1);
	metric_observe(METRIC_REQUEST_SECONDS, seconds);
	log_call(c, seconds * 1000);
}

void dispatch(struct api *api, const struct request *rq, struct reply *rp)
{
	const int64_t start = time_monotonic_us();
	struct call c = { .api = api, .rq = rq, .rp = rp };

	begin(&c);
	conclude(&c, handle(&c), start);
}

/* --- before the body ------------------------------------------------------------------------ */

static enum err find_route(struct call *c)
{
	return router_find(routes, routes_n, c->rq->method, c->rq->path, &c->route, &c->path,
			   c->rp->allow);
}

static enum err too_large(struct call *c)
{
	const struct config *config = c->api->config;
	const int max = c->route ? (int)route_body_max(c->route, config) : config->body_max;
	const bool is_file = max > config->body_max;

	metric_add(METRIC_BODIES_REFUSED, 1);
	return err_set(&c->info, ERR_TOO_BIG,
		       "请求体最多 %d 字节%s / the body may have at most %d bytes%s", max,
		       is_file ? ",更大的文件分片上传" : "", max,
		       is_file ? ": send a larger file in parts" : "");
}

static enum err admit(struct call *c, uint64_t length, struct admission *out)
{
	const struct config *config = c->api->config;
	const bool is_large = length > (uint64_t)config->body_max;
	const enum err e = find_route(c);

	*out = (struct admission){ .max = (size_t)config->body_max };
	if (e != ERR_OK)
		return is_large && length != LENGTH_UNKNOWN ? e : ERR_OK;
	out->max = route_body_max(c->route, config);
	if (length > out->max && length != LENGTH_UNKNOWN)
		return too_large(c);
	out->large = is_large && out->max > (size_t)config->body_max;
	/* Nobody without a key fills memory. */
	return out->large ? authenticate(c) : ERR_OK;
}

bool dispatch_admit(struct api *api, const struct request *rq, uint64_t length,
		    struct admission *out, struct reply *rp)
{
	const int64_t start = time_monotonic_us();
	struct call c = { .api = api, .rq = rq, .rp = rp };
	enum err e;

	begin(&c);
	e = admit(&c, length, out);
	if (e == ERR_OK)
		return true;
	rp->close = true;
	conclude(&c, e, start);
	return false;
}

void dispatch_refuse(struct api *api, const struct request *rq, enum err code, struct reply *rp)
{
	const int64_t start = time_monotonic_us();
	struct call c = { .api = api, .rq = rq, .rp = rp };

	begin(&c);
	rp->close = true;
	IGNORE(find_route(&c), "the refusal only says more of a known one");
	conclude(&c, code == ERR_TOO_BIG ? too_large(&c) : code, start);
}
