/* SPDX-License-Identifier: Apache-2.0 */
/* Settings, buffers, logs, metrics and errors: what every program starts with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/problems.h"
#include "base/str.h"
#include "base/timeutil.h"

/* --- settings --------------------------------------------------------------- */

static void clear_settings(void)
{
	unsetenv("JUNHENG_PORT");
	unsetenv("JUNHENG_POOL_SIZE");
	unsetenv("JUNHENG_PROT");
	unsetenv("JUNHENG_BIND");
}

/* Reads the settings and gives back what was complained about. */
static enum err read_config(struct config *out, enum config_program program, char *said,
			    size_t size)
{
	FILE *f = fmemopen(said, size, "w");
	enum err e = config_read(out, program, f);

	fclose(f);
	return e;
}

static void test_config_defaults(void **state)
{
	struct config c;
	char said[1024] = "";

	(void)state;
	clear_settings();
	assert_int_equal(read_config(&c, CONFIG_API, said, sizeof(said)), ERR_OK);
	assert_string_equal(said, "");
	assert_int_equal(c.port, 8080);
	assert_string_equal(c.bind, "127.0.0.1");
}

static void test_config_all_mistakes_at_once(void **state)
{
	struct config c = { .port = 123 };
	char said[2048] = "";

	(void)state;
	clear_settings();
	setenv("JUNHENG_PORT", "80 80", 1);
	setenv("JUNHENG_POOL_SIZE", "0", 1);
	setenv("JUNHENG_BIND", "", 1);
	setenv("JUNHENG_PROT", "1", 1);
	assert_int_equal(read_config(&c, CONFIG_API, said, sizeof(said)), ERR_CONFIG);
	assert_non_null(strstr(said, "JUNHENG_PORT:"));
	assert_non_null(strstr(said, "JUNHENG_POOL_SIZE:"));
	assert_non_null(strstr(said, "JUNHENG_BIND:"));
	assert_non_null(strstr(said, "JUNHENG_PROT:"));
	assert_int_equal(c.port, 123); /* untouched on failure */
	clear_settings();
}

/* What only another program reads is neither refused nor read. */
static void test_config_of_others(void **state)
{
	struct config c;
	char said[1024] = "";

	(void)state;
	clear_settings();
	setenv("JUNHENG_PORT", "none of yours", 1);
	assert_int_equal(read_config(&c, CONFIG_MONITOR, said, sizeof(said)), ERR_OK);
	assert_int_equal(c.port, 0);
	clear_settings();
}

static void test_config_help_hides_secrets(void **state)
{
	char text[16384] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	config_help(CONFIG_CTL, f);
	fclose(f);
	assert_non_null(strstr(text, "JUNHENG_KEY"));
	assert_null(strstr(text, "JUNHENG_PORT"));
}

static enum err collect(const char *element, void *context)
{
	buf_str(context, element);
	buf_str(context, "|");
	return str_equal(element, "stop") ? ERR_BUSY : ERR_OK;
}

static void test_config_list(void **state)
{
	auto_buf struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(config_list("tcp://a:1,,ipc://b,", collect, &b), ERR_OK);
	assert_string_equal(b.data, "tcp://a:1|ipc://b|");
	assert_int_equal(config_list("a,stop,c", collect, &b), ERR_BUSY);
	assert_string_equal(b.data, "tcp://a:1|ipc://b|a|stop|");
}

/* --- buffers ---------------------------------------------------------------- */

static void test_buf_grows_to_its_limit(void **state)
{
	auto_buf struct buf b;
	auto_free char *all = NULL;
	size_t len = 0;

	(void)state;
	buf_init(&b, 1000);
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "%09d|", i);
	assert_false(buf_failed(&b));
	assert_int_equal(b.len, 1000);
	all = buf_detach(&b, &len);
	assert_int_equal(len, 1000);
	assert_memory_equal(all + 990, "000000099|", 10);
	assert_string_equal(b.data, "");
}

static void test_buf_past_its_limit(void **state)
{
	auto_buf struct buf b;
	size_t len = 7;

	(void)state;
	buf_init(&b, 10);
	buf_str(&b, "0123456789");
	assert_false(buf_failed(&b));
	buf_str(&b, "x");
	assert_int_equal(b.err, ERR_TOO_BIG);
	buf_str(&b, "");
	assert_string_equal(b.data, "0123456789");
	assert_null(buf_detach(&b, &len));
	assert_int_equal(len, 7);
}

/* --- log -------------------------------------------------------------------- */

/* Runs the body with stderr in a pipe and gives back what was written. */
#define CAPTURE(out, ...)                                  \
	do {                                               \
		int pipe_[2], saved_ = dup(STDERR_FILENO); \
		ssize_t n_;                                \
		assert_int_equal(pipe(pipe_), 0);          \
		dup2(pipe_[1], STDERR_FILENO);             \
		close(pipe_[1]);                           \
		__VA_ARGS__;                               \
		dup2(saved_, STDERR_FILENO);               \
		close(saved_);                             \
		n_ = read(pipe_[0], out, sizeof(out) - 1); \
		close(pipe_[0]);                           \
		assert_true(n_ > 0);                       \
		(out)[n_] = '\0';                          \
	} while (0)

static void test_log_line(void **state)
{
	char out[8192];

	(void)state;
	assert_true(log_init("test", "info"));
	CAPTURE(out, log_event(LOG_DEBUG, "too low", F_INT("n", 1));
		log_event(LOG_INFO, "he said \"hi\"", F_STR("name", "鸠江\n区"), F_INT("n", -5),
			  F_MS("ms", 1.5)));
	assert_null(strstr(out, "too low"));
	assert_non_null(strstr(out, "\"level\":\"info\",\"service\":\"test\","
				    "\"event\":\"he said \\\"hi\\\"\",\"name\":"));
	assert_non_null(strstr(out, "鸠江\\u000a区"));
	assert_non_null(strstr(out, "\"n\":-5,\"ms\":1.500}\n"));
}

static void test_log_cuts_long_lines(void **state)
{
	char out[8192];
	char name[6000];

	(void)state;
	assert_true(log_init("test", "info"));
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CAPTURE(out, log_event(LOG_ERROR, "long", F_STR("name", name), F_INT("n", 1)));
	assert_true(strlen(out) <= 4096);
	assert_string_equal(out + strlen(out) - 3, "\"}\n");
}

static void test_log_unknown_level(void **state)
{
	(void)state;
	assert_false(log_init("test", "loud"));
}

/* --- metrics, problems, time -------------------------------------------------- */

static void test_metrics(void **state)
{
	auto_buf struct buf b;

	(void)state;
	metric_add(METRIC_WRITES, 2);
	metric_add_label(METRIC_REQUESTS, 4, 3);
	metric_set(METRIC_STREAMS, 7);
	metric_set(METRIC_EVENT_SEQ, 123456789);
	metric_set(METRIC_BEHIND_SECONDS, 1234567.875);
	metric_observe(METRIC_REQUEST_SECONDS, 0.002);
	metric_observe(METRIC_REQUEST_SECONDS, 99);
	buf_init(&b, 1 << 16);
	metrics_write(&b);
	assert_non_null(
		strstr(b.data, "# TYPE junheng_writes_total counter\njunheng_writes_total 2\n"));
	assert_non_null(strstr(b.data, "junheng_http_requests_total{status=\"4xx\"} 3\n"));
	assert_non_null(strstr(b.data, "junheng_event_streams 7\n"));
	assert_non_null(strstr(b.data, "junheng_event_seq 123456789\n"));
	assert_non_null(strstr(b.data, "junheng_counties_behind_seconds 1234567.875\n"));
	assert_non_null(strstr(b.data, "junheng_http_request_seconds_bucket{le=\"0.001\"} 0\n"));
	assert_non_null(strstr(b.data, "junheng_http_request_seconds_bucket{le=\"0.0025\"} 1\n"));
	assert_non_null(strstr(b.data, "junheng_http_request_seconds_bucket{le=\"+Inf\"} 2\n"));
	assert_non_null(strstr(b.data, "junheng_http_request_seconds_count 2\n"));
}

/* What is taken is counted elsewhere: taken once, put back whole, shown in place of the rest. */
static void test_shared_metrics(void **state)
{
	struct metric_sum first, second;
	auto_buf struct buf b;

	(void)state;
	assert_false(metric_is_shared(METRIC_WRITES));
	assert_true(metric_is_shared(METRIC_EVALUATIONS));
	assert_false(metric_take(METRIC_EVALUATIONS, &first));
	metric_add(METRIC_EVALUATIONS, 5);
	metric_observe(METRIC_EVENT_AGE, 0.002);
	metric_observe(METRIC_EVENT_AGE, 3600);
	assert_true(metric_take(METRIC_EVALUATIONS, &first));
	assert_int_equal(first.n[0], 5);
	assert_false(metric_take(METRIC_EVALUATIONS, &second));
	metric_put_back(METRIC_EVALUATIONS, &first);
	assert_true(metric_take(METRIC_EVALUATIONS, &second));
	assert_int_equal(second.n[0], 5);
	assert_true(metric_take(METRIC_EVENT_AGE, &first));
	assert_int_equal(first.n[METRIC_BUCKETS - 1], 1);
	assert_int_equal(first.sum_us, 3600002000);
	first.n[0] = 40;
	metric_show(METRIC_EVENT_AGE, &first);
	buf_init(&b, 1 << 16);
	metrics_write(&b);
	assert_non_null(strstr(b.data, "junheng_evaluations_total 0\n"));
	assert_non_null(strstr(b.data, "junheng_event_age_seconds_bucket{le=\"0.0005\"} 40\n"));
	assert_non_null(strstr(b.data, "junheng_event_age_seconds_bucket{le=\"300\"} 41\n"));
	assert_non_null(strstr(b.data, "junheng_event_age_seconds_sum 3600.002000\n"));
	assert_non_null(strstr(b.data, "junheng_event_age_seconds_count 42\n"));
}

static void test_problems_are_bounded(void **state)
{
	static struct problems p;

	(void)state;
	for (int i = 0; i < PROBLEMS_MAX + 3; i++)
		problems_add(&p, "/a", "negative", "第 %d 个", i);
	assert_int_equal(p.n, PROBLEMS_MAX);
	assert_int_equal(p.more, 3);
	assert_string_equal(p.items[49].detail, "第 49 个");
}

static void test_err_info_is_cut_between_characters(void **state)
{
	struct err_info info;
	char name[400];

	(void)state;
	for (size_t i = 0; i + 3 < sizeof(name); i += 3)
		memcpy(name + i, "县", 4);
	assert_int_equal(err_at(&info, ERR_INVALID, "/name", "too_long", "%s", name), ERR_INVALID);
	assert_int_equal(strlen(info.text), 255); /* 85 characters of three bytes */
	assert_true(str_is_text(info.text, strlen(info.text)));
	assert_string_equal(info.pointer, "/name");
	assert_int_equal(err_set(NULL, ERR_BUSY, "nobody listens"), ERR_BUSY);
}

static void test_time(void **state)
{
	char text[TIME_TEXT];

	(void)state;
	assert_string_equal(time_format(1763884800123456, text), "2025-11-23T08:00:00.123456Z");
	assert_true(time_monotonic_us() <= time_monotonic_us());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config_defaults),
		cmocka_unit_test(test_config_all_mistakes_at_once),
		cmocka_unit_test(test_config_of_others),
		cmocka_unit_test(test_config_help_hides_secrets),
		cmocka_unit_test(test_config_list),
		cmocka_unit_test(test_buf_grows_to_its_limit),
		cmocka_unit_test(test_buf_past_its_limit),
		cmocka_unit_test(test_log_line),
		cmocka_unit_test(test_log_cuts_long_lines),
		cmocka_unit_test(test_log_unknown_level),
		cmocka_unit_test(test_metrics),
		cmocka_unit_test(test_shared_metrics),
		cmocka_unit_test(test_problems_are_bounded),
		cmocka_unit_test(test_err_info_is_cut_between_characters),
		cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
