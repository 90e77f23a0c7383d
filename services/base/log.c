/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/timeutil.h"

#define LINE_MAX_BYTES 4096
#define TAIL_ROOM      8 /* what closing the line may still need */

static const char *const levels[] = { "debug", "info", "warn", "error" };
static const char *service_name = "junheng";
static enum log_level lowest = LOG_INFO;

/* A line under construction: what does not fit is left out, never half a field. */
struct line {
	char text[LINE_MAX_BYTES];
	size_t len;
};

bool log_init(const char *service, const char *level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (str_equal(levels[i], level)) {
			service_name = service;
			lowest = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static bool room_for(const struct line *l, size_t n)
{
	return l->len + n + TAIL_ROOM < sizeof(l->text);
}

static void add(struct line *l, const char *s)
{
	const size_t n = strlen(s);

	if (!room_for(l, n))
		return;
	memcpy(l->text + l->len, s, n);
	l->len += n;
}

static void add_escaped(struct line *l, const char *s)
{
	const bool text = str_is_utf8(s, strlen(s));

	add(l, "\"");
	for (; *s; s++) {
		const unsigned char c = (unsigned char)*s;
		char piece[8] = { *s, '\0' };

		if (!room_for(l, sizeof(piece) + 4))
			break;
		if (c == '"' || c == '\\')
			snprintf(piece, sizeof(piece), "\\%c", c);
		else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !text))
			snprintf(piece, sizeof(piece), "\\u%04x", c);
		add(l, piece);
	}
	l->text[l->len] = '\0';
	str_trim_utf8(l->text);
	l->len = strlen(l->text);
	add(l, "\"");
}

static void add_field(struct line *l, const struct log_field *f)
{
	char number[32];

	if (!room_for(l, strlen(f->name) + sizeof(number) + 4))
		return;
	add(l, ",\"");
	add(l, f->name);
	add(l, "\":");
	switch (f->kind) {
	case LOG_STR:
		add_escaped(l, f->text ? f->text : "");
		return;
	case LOG_INT:
		snprintf(number, sizeof(number), "%lld", (long long)f->number);
		break;
	case LOG_DOUBLE:
		snprintf(number, sizeof(number), "%.3f", f->real);
		break;
	case LOG_END:
		return;
	}
	add(l, number);
}

void log_fields(enum log_level level, const char *event, const struct log_field *fields)
{
	struct line l = { .len = 0 };
	char now[TIME_TEXT];

	if (level < lowest)
		return;
	add(&l, "{\"time\":\"");
	add(&l, time_format(time_now_us(), now));
	add(&l, "\",\"level\":\"");
	add(&l, levels[level]);
	add(&l, "\",\"service\":\"");
	add(&l, service_name);
	add(&l, "\",\"event\":");
	add_escaped(&l, event);
	for (; fields->kind != LOG_END; fields++)
		add_field(&l, fields);
	l.text[l.len++] = '}';
	l.text[l.len++] = '\n';
	/* One write a line: lines of several threads and processes never mix. */
	if (write(STDERR_FILENO, l.text, l.len) < 0)
		return; /* nobody to tell */
}
