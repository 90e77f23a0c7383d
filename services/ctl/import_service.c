/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_service.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "ctl/exits.h"

#define BACKOFF_MS     100
#define BACKOFF_MAX_MS 5000
#define NAP_MS         100
#define HELD_S         65 /* a first request that was cut off gives way after a minute */
#define CANCEL_S       5L
#define CALL_S         60L
#define EXPLAIN_MAX    8192
#define PATH_BYTES     96
#define HEADER_BYTES   160

void import_view_release(struct import_view *view)
{
	json_decref(view->errors);
	view->errors = NULL;
}

bool import_view_has_ended(const struct import_view *view)
{
	return str_equal(view->state, "done") || str_equal(view->state, "failed") ||
	       str_equal(view->state, "cancelled");
}

/* --- asking ------------------------------------------------------------------------------- */

void import_pause(const struct import_service *s, int64_t ms)
{
	const int64_t until = time_monotonic_us() + ms * 1000;

	while (!*s->stop && time_monotonic_us() < until) {
		const int64_t left = (until - time_monotonic_us()) / 1000;
		const int64_t nap = left < NAP_MS ? left : NAP_MS;
		const struct timespec t = { 0, (nap > 0 ? nap : 1) * 1000000 };

		nanosleep(&t, NULL);
	}
}

static bool is_passing(long status)
{
	return status == 429 || (status >= 500 && status != 501);
}

static void explain(const struct import_service *s, const struct http_answer *answer)
{
	auto_buf struct buf why;

	buf_init(&why, EXPLAIN_MAX);
	http_explain(answer, &why);
	progress_say(s->progress, "junhengctl: %s", why.data);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Before the next try: as long as the answer asks for, when that is not too long. */
static void back_off(const struct import_service *s, int64_t asked_s, int64_t *wait_ms)
{
	const int64_t asked_ms = asked_s * 1000;

	import_pause(s, asked_ms > *wait_ms && asked_ms < BACKOFF_MAX_MS ? asked_ms : *wait_ms);
	*wait_ms = *wait_ms * 2 < BACKOFF_MAX_MS ? *wait_ms * 2 : BACKOFF_MAX_MS;
}

/* An answer that is none of the moment. busy: a status that says that the same request is still
 * being handled, which is waited for in any case; or 0. */
static int ask(const struct import_service *s, struct http_request *rq, long busy,
	       struct http_answer *out)
{
	int64_t until = time_monotonic_us() + s->retry_s * 1000000;
	struct err_info info = { .text = "" };
	int64_t wait_ms = BACKOFF_MS;
	bool told = false, held = false;

	rq->stop = s->stop;
	for (;;) {
		const bool reached = http_send(s->http, rq, out, &info);

		if (*s->stop)
			return IMPORT_STOPPED;
		if (reached && !is_passing(out->status) && out->status != busy)
			return CTL_OK;
		if (reached)
			snprintf(info.text, sizeof(info.text),
				 "服务暂不可用 / the service is unavailable: %ld", out->status);
		if (reached && out->status == busy && !held) {
			held = true;
			until = later(until, time_monotonic_us() + HELD_S * INT64_C(1000000));
		}
		if (time_monotonic_us() >= until) {
			progress_say(s->progress, "junhengctl: %s", info.text);
			return reached && out->status != busy ? exit_of_status(out->status)
							      : CTL_UNREACHABLE;
		}
		if (!told)
			progress_note(s->progress, "重试中 / trying again: %s", info.text);
		told = true;
		back_off(s, reached ? out->retry_after_s : 0, &wait_ms);
	}
}

/* Says what the answer says, and is its exit code. */
static int refused(const struct import_service *s, const struct http_answer *answer)
{
	const int code = exit_of_status(answer->status);

	explain(s, answer);
	return code == CTL_OK ? CTL_FAILED : code;
}

static int no_json(const struct import_service *s)
{
	progress_say(s->progress, "junhengctl: 答复不是导入 / the answer is no import");
	return CTL_FAILED;
}

static const char *path_of(char out[PATH_BYTES], int64_t job, const char *more)
{
	snprintf(out, PATH_BYTES, "/v1/imports/%" PRId64 "%s", job, more);
	return out;
}

/* --- jobs --------------------------------------------------------------------------------- */

static int64_t count_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void copy_text(char *out, size_t size, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	str_copy(out, size, text ? text : "");
}

static int read_view(const struct import_service *s, const struct http_answer *answer,
		     struct import_view *out)
{
	json_auto_t *job = json_loadb(answer->body, answer->len, 0, NULL);
	struct import_view view = { .id = count_of(job, "id") };

	copy_text(view.state, sizeof(view.state), job, "state");
	copy_text(view.failure, sizeof(view.failure), job, "failure");
	if (!view.id || !view.state[0])
		return no_json(s);
	view.bytes = count_of(job, "bytes");
	view.bytes_done = count_of(job, "bytes_done");
	view.counts = (struct import_counts){ count_of(job, "rows"), count_of(job, "created"),
					      count_of(job, "updated"), count_of(job, "unchanged"),
					      count_of(job, "rejected") };
	view.errors = json_incref(json_object_get(job, "errors"));
	*out = view;
	return CTL_OK;
}

int import_open(const struct import_service *s, const struct import_options *options,
		const char *key, int64_t *ret_job)
{
	char path[PATH_BYTES], header[HEADER_BYTES];
	struct http_request rq = { .method = "POST",
				   .path = path,
				   .type = options->type,
				   .headers = { header },
				   .body = "",
				   .timeout_s = CALL_S };
	struct import_view view;
	struct http_answer answer;
	int code;

	snprintf(path, sizeof(path), "/v1/imports?mode=%s%s%s%s",
		 options->atomic ? "atomic" : "partial", options->dry_run ? "&dry_run=true" : "",
		 options->period ? "&period=" : "", options->period ? options->period : "");
	snprintf(header, sizeof(header), "Idempotency-Key: %s", key);
	code = ask(s, &rq, 409, &answer);
	if (code != CTL_OK)
		return code;
	if (answer.status != 201)
		return refused(s, &answer);
	code = read_view(s, &answer, &view);
	if (code != CTL_OK)
		return code;
	*ret_job = view.id;
	import_view_release(&view);
	return CTL_OK;
}

int import_put_part(const struct import_service *s, int64_t job, size_t n, const char *bytes,
		    size_t len, bool gzip, enum import_taken *ret_taken)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char base64[sodium_base64_ENCODED_LEN(sizeof(hash), sodium_base64_VARIANT_ORIGINAL)];
	char path[PATH_BYTES], more[32], digest[HEADER_BYTES];
	struct http_request rq = { .method = "PUT",
				   .path = path,
				   .type = "application/octet-stream",
				   .headers = { digest, gzip ? "Content-Encoding: gzip" : NULL },
				   .body = bytes,
				   .len = len };
	struct http_answer answer;
	int code;

	snprintf(more, sizeof(more), "/parts/%zu", n);
	path_of(path, job, more);
	crypto_hash_sha256(hash, (const unsigned char *)bytes, len);
	sodium_bin2base64(base64, sizeof(base64), hash, sizeof(hash),
			  sodium_base64_VARIANT_ORIGINAL);
	snprintf(digest, sizeof(digest), "Content-Digest: sha-256=:%s:", base64);
	code = ask(s, &rq, 0, &answer);
	if (code != CTL_OK)
		return code;
	if (answer.status == 200)
		*ret_taken = IMPORT_TAKEN;
	else if (answer.status == 413)
		*ret_taken = IMPORT_TOO_LARGE;
	else if (answer.status == 404 || answer.status == 409)
		*ret_taken = IMPORT_GONE;
	else
		return refused(s, &answer);
	if (*ret_taken == IMPORT_GONE)
		explain(s, &answer);
	return CTL_OK;
}

int import_look(const struct import_service *s, int64_t job, struct import_view *out,
		bool *ret_gone)
{
	char path[PATH_BYTES];
	struct http_request rq = { .method = "GET",
				   .path = path_of(path, job, ""),
				   .timeout_s = CALL_S };
	struct http_answer answer;
	const int code = ask(s, &rq, 0, &answer);

	*ret_gone = false;
	if (code != CTL_OK)
		return code;
	*ret_gone = answer.status == 404;
	if (*ret_gone) {
		*out = (struct import_view){ .id = 0 };
		return CTL_OK;
	}
	if (answer.status != 200)
		return refused(s, &answer);
	return read_view(s, &answer, out);
}

/* The answer that said so may have been lost. */
static int was_committed(const struct import_service *s, int64_t job,
			 const struct http_answer *answer, enum import_taken *ret_taken)
{
	struct import_view view;
	auto_buf struct buf why;
	bool gone = false;
	int code;

	buf_init(&why, EXPLAIN_MAX);
	http_explain(answer, &why); /* the answer is gone with the next one */
	code = import_look(s, job, &view, &gone);
	if (code != CTL_OK)
		return code;
	*ret_taken = gone || str_equal(view.state, "receiving") ? IMPORT_GONE : IMPORT_TAKEN;
	if (*ret_taken == IMPORT_GONE)
		progress_say(s->progress, "junhengctl: %s", why.data);
	import_view_release(&view);
	return CTL_OK;
}

int import_commit(const struct import_service *s, int64_t job, enum import_taken *ret_taken)
{
	char path[PATH_BYTES];
	struct http_request rq = { .method = "POST",
				   .path = path_of(path, job, "/commit"),
				   .body = "",
				   .timeout_s = CALL_S };
	struct http_answer answer;
	const int code = ask(s, &rq, 0, &answer);

	*ret_taken = IMPORT_TAKEN;
	if (code != CTL_OK || answer.status == 200 || answer.status == 202)
		return code;
	if (answer.status == 409)
		return was_committed(s, job, &answer, ret_taken);
	/* A workbook of which something is in doubt. */
	if (answer.status != 413 && answer.status != 422)
		return refused(s, &answer);
	explain(s, &answer);
	*ret_taken = IMPORT_GONE;
	return CTL_OK;
}

enum import_cancelled import_cancel(const struct import_service *s, int64_t job)
{
	char path[PATH_BYTES];
	const struct http_request rq = { .method = "DELETE",
					 .path = path_of(path, job, ""),
					 .timeout_s = CANCEL_S };
	struct http_answer answer;
	struct err_info info;

	if (!http_send(s->http, &rq, &answer, &info))
		return IMPORT_GOES_ON;
	if (answer.status == 409)
		return IMPORT_ENDED;
	if (answer.status != 200)
		return IMPORT_GOES_ON;

	json_auto_t *view = json_loadb(answer.body, answer.len, 0, NULL);
	const char *state = json_string_value(json_object_get(view, "state"));

	return state && str_equal(state, "cancelled") ? IMPORT_CANCELLED : IMPORT_STOPS;
}

static bool to_file(const char *data, size_t len, void *context)
{
	return fwrite(data, 1, len, context) == len;
}

int import_fetch_errors(const struct import_service *s, int64_t job, FILE *out)
{
	char path[PATH_BYTES];
	struct http_request rq = { .method = "GET",
				   .path = path_of(path, job, "/errors.csv"),
				   .receive = to_file,
				   .context = out,
				   .stop = s->stop };
	const int64_t until = time_monotonic_us() + s->retry_s * 1000000;
	struct err_info info = { .text = "" };
	struct http_answer answer;

	/* What came before the connection broke must not stay: so not by ask(). */
	while (!http_send(s->http, &rq, &answer, &info) || is_passing(answer.status)) {
		if (*s->stop)
			return IMPORT_STOPPED;
		if (ferror(out) || time_monotonic_us() >= until) {
			progress_say(s->progress, "junhengctl: errors.csv: %s", info.text);
			return ferror(out) ? CTL_FAILED : CTL_UNREACHABLE;
		}
		import_pause(s, BACKOFF_MAX_MS / 10);
		rewind(out);
	}
	return answer.status == 200 ? CTL_OK : refused(s, &answer);
}

/* --- lines -------------------------------------------------------------------------------- */

int import_send_line(const struct import_service *s, const struct import_line *line,
		     struct http_answer *out)
{
	unsigned char hash[16];
	char hex[2 * sizeof(hash) + 1], header[HEADER_BYTES];
	struct http_request rq = { .method = line->method,
				   .path = line->path,
				   .headers = { line->publishes ? header : NULL },
				   .body = line->body,
				   .len = line->len,
				   .timeout_s = CALL_S };
	const int64_t until = time_monotonic_us() + IMPORT_BEHIND_S * INT64_C(1000000);
	int64_t wait_ms = BACKOFF_MS;
	int code;

	/* Made of the body: within a day the same is published once. */
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)line->body, line->len, NULL,
			   0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	snprintf(header, sizeof(header), "Idempotency-Key: import-%s", hex);
	code = ask(s, &rq, 0, out);
	if (code == CTL_OK && line->publishes && out->status == 409)
		progress_say(s->progress, "公报等待各县评定完成 / the bulletin waits until its "
					  "counties are judged");
	while (code == CTL_OK && line->publishes && out->status == 409 &&
	       time_monotonic_us() < until) {
		import_pause(s, wait_ms);
		wait_ms = wait_ms * 2 < BACKOFF_MAX_MS ? wait_ms * 2 : BACKOFF_MAX_MS;
		code = ask(s, &rq, 0, out);
	}
	return code;
}
