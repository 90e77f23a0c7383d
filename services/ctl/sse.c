/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sse.h"

#include <string.h>

#include "base/str.h"

void sse_init(struct sse *s, sse_receive *receive, void *context)
{
	memset(s, 0, sizeof(*s));
	buf_init(&s->line, SSE_BYTES_MAX);
	buf_init(&s->data, SSE_BYTES_MAX);
	s->retry_ms = -1;
	s->receive = receive;
	s->context = context;
}

void sse_release(struct sse *s)
{
	buf_release(&s->line);
	buf_release(&s->data);
}

static void end_event(struct sse *s)
{
	buf_release(&s->data);
	s->has_data = false;
	s->type[0] = '\0';
}

void sse_restart(struct sse *s)
{
	buf_release(&s->line);
	s->after_cr = false;
	end_event(s);
}

static void dispatch(struct sse *s)
{
	if (s->has_data) {
		const struct sse_event event = { .id = s->id,
						 .type = *s->type ? s->type : "message",
						 .data = s->data.data,
						 .len = s->data.len };

		s->receive(&event, s->context);
	}
	end_event(s);
}

static void take_field(struct sse *s, const char *name, const char *value)
{
	int64_t retry_ms = 0;

	if (str_equal(name, "data")) {
		if (s->has_data)
			buf_str(&s->data, "\n");
		buf_str(&s->data, value);
		s->has_data = true;
	} else if (str_equal(name, "event")) {
		str_copy(s->type, sizeof(s->type), value);
	} else if (str_equal(name, "id")) {
		str_copy(s->id, sizeof(s->id), value);
	} else if (str_equal(name, "retry")) {
		if (str_to_int64(value, &retry_ms) && retry_ms >= 0)
			s->retry_ms = retry_ms;
	}
}

static void take_line(struct sse *s)
{
	char *line = s->line.data;
	char *colon;

	if (s->line.len == 0) {
		dispatch(s);
		return;
	}
	colon = strchr(line, ':');
	if (colon == line) /* a comment: a heartbeat */
		return;
	if (!colon) {
		take_field(s, line, "");
		return;
	}
	*colon++ = '\0';
	take_field(s, line, *colon == ' ' ? colon + 1 : colon);
}

bool sse_feed(struct sse *s, const char *data, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = 0;

		if (s->after_cr && data[i] == '\n')
			i++;
		s->after_cr = false;
		while (i + n < len && data[i + n] != '\n' && data[i + n] != '\r')
			n++;
		buf_add(&s->line, data + i, n);
		i += n;
		if (buf_failed(&s->line))
			return false;
		if (i == len)
			break;
		s->after_cr = data[i++] == '\r';
		take_line(s);
		buf_release(&s->line);
		if (buf_failed(&s->data))
			return false;
	}
	return true;
}
