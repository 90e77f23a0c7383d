/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/exits.h"
#include "ctl/http.h"
#include "ctl/sse.h"
#include "ctl/table.h"

#define EXPLAIN_MAX     8192
#define WAIT_FIRST_MS   500
#define WAIT_LONGEST_MS 5000

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

struct watch {
	struct sse sse;
	bool as_json;
	bool broken;    /* stdout is gone */
	bool connected; /* something came since the last connection */
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "-";
}

static enum colour colour_of(const char *type)
{
	if (!has_colours(stdout))
		return COLOUR_NONE;
	return str_equal(type, "alert.firing")     ? COLOUR_RED
	       : str_equal(type, "alert.resolved") ? COLOUR_GREEN
						   : COLOUR_YELLOW;
}

/* "2026-11-23 08:00:00  #981  alert.firing  critical  340207 2025 R2.primary.cv  …" */
static void print_event(const struct sse_event *event, const json_t *data)
{
	const enum colour colour = colour_of(event->type);
	char time[20];

	str_copy(time, sizeof(time), text_of(data, "time"));
	if (strlen(time) > 10)
		time[10] = ' ';
	printf("%s  #%" JSON_INTEGER_FORMAT "  %s%s%s  %s  %s %s %s  %s\n", time,
	       json_integer_value(json_object_get(data, "seq")), colour_begin(colour), event->type,
	       colour_end(colour), text_of(data, "severity"), text_of(data, "county"),
	       text_of(data, "period"), text_of(data, "item"), text_of(data, "summary"));
}

static void on_event(const struct sse_event *event, void *context)
{
	struct watch *w = context;

	if (w->as_json) {
		printf("%s\n", event->data);
	} else {
		json_auto_t *data = json_loadb(event->data, event->len, 0, NULL);

		if (data)
			print_event(event, data);
	}
	/* A line at a time, whoever reads. */
	if (fflush(stdout) != 0)
		w->broken = true;
}

static bool on_bytes(const char *data, size_t len, void *context)
{
	struct watch *w = context;

	w->connected = true;
	return sse_feed(&w->sse, data, len) && !w->broken;
}

static void pause_ms(int64_t ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* An answer that is no stream; CTL_OK when it is worth trying again. */
static int refusal(const struct http_answer *answer)
{
	auto_buf struct buf why;

	buf_init(&why, EXPLAIN_MAX);
	if (exit_of_status(answer->status) != CTL_REFUSED)
		return CTL_OK;
	http_explain(answer, &why);
	fprintf(stderr, "junhengctl: %s\n", why.data);
	return CTL_REFUSED;
}

/* One connection, to its end. Whether it ended in order, as the service does now and then. */
static bool listen_once(struct watch *w, struct http *http, const char *path,
			struct http_answer *answer, struct err_info *info)
{
	w->connected = false;
	sse_restart(&w->sse);
	return http_stream(http, path, w->sse.id, on_bytes, w, &stop, answer, info) &&
	       answer->status == 200;
}

/* Follows the stream over any number of connections, until Ctrl-C. */
static int follow(struct watch *w, struct http *http, const char *path)
{
	int64_t wait_ms = WAIT_FIRST_MS;
	bool ever = false;
	bool said = false;

	while (!stop && !w->broken) {
		struct err_info info = { .text = "" };
		struct http_answer answer;
		const bool in_order = listen_once(w, http, path, &answer, &info);
		int code;

		if (stop || w->broken)
			break;
		if ((code = refusal(&answer)) != CTL_OK)
			return code;
		if (!ever && answer.status == 0) {
			fprintf(stderr, "junhengctl: %s\n", info.text);
			return CTL_UNREACHABLE;
		}
		ever = true;
		if (w->connected) {
			wait_ms = w->sse.retry_ms > 0 ? w->sse.retry_ms : WAIT_FIRST_MS;
			said = false;
		}
		if (!in_order && !said)
			fprintf(stderr, "连接中断,重连中 / disconnected, reconnecting\n");
		said = said || !in_order;
		wait_ms = wait_ms < WAIT_LONGEST_MS ? wait_ms : WAIT_LONGEST_MS;
		pause_ms(wait_ms);
		wait_ms *= 2;
	}
	return w->broken ? CTL_FAILED : CTL_OK;
}

static int watch(const struct config *config, const char *path, const char *after, bool as_json)
{
	auto_http struct http *http = NULL;
	struct watch w = { .as_json = as_json };
	struct err_info info = { .text = "" };
	char key[HTTP_KEY];
	enum err e;
	int code;

	e = http_global_init(&info);
	if (e == ERR_OK)
		e = http_key(config, key, &info);
	if (e == ERR_OK)
		e = http_new(config->url, key, &http, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	sse_init(&w.sse, on_event, &w);
	/* --after is where an earlier connection would have ended. */
	str_copy(w.sse.id, sizeof(w.sse.id), after);
	code = follow(&w, http, path);
	sse_release(&w.sse);
	return code;
}

int cmd_watch(const struct config *config, const struct args *args)
{
	const char *county = args_value(args, "county");
	struct sigaction act = { .sa_handler = on_signal };
	char after[24] = "";
	char path[64];
	int64_t seq = -1;

	if (!args_number(args, "after", -1, 0, INT64_MAX, &seq, stderr))
		return CTL_USAGE;
	if (county && !str_is_digits(county, 6)) {
		fprintf(stderr, "--county: 六位数字 / six digits\n");
		return CTL_USAGE;
	}
	if (seq >= 0)
		snprintf(after, sizeof(after), "%" PRId64, seq);
	snprintf(path, sizeof(path), "/v1/events%s%s", county ? "?county=" : "",
		 county ? county : "");
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	act.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &act, NULL);
	return watch(config, path, after, args_flag(args, "json"));
}
