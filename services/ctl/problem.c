/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/problem.h"

#include <jansson.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

void problem_clean(struct buf *out, const char *text)
{
	while (*text) {
		const size_t clean =
			strcspn(text, "\001\002\003\004\005\006\007\010\011\012\013\014"
				      "\015\016\017\020\021\022\023\024\025\026\027"
				      "\030\031\032\033\034\035\036\037\177");

		buf_add(out, text, clean);
		text += clean;
		if (*text) {
			buf_str(out, "?");
			text++;
		}
	}
}

static void add_error(const json_t *error, struct buf *out)
{
	const char *code = text_of(error, "code");

	buf_str(out, "\n  ");
	problem_clean(out, text_of(error, "pointer"));
	buf_str(out, ": ");
	problem_clean(out, text_of(error, "detail"));
	if (*code) {
		buf_str(out, " (");
		problem_clean(out, code);
		buf_str(out, ")");
	}
}

void problem_explain(long status, const char *body, size_t len, struct buf *out)
{
	json_auto_t *problem = json_loadb(body, len, 0, NULL);
	const char *title = text_of(problem, "title");
	const char *detail = text_of(problem, "detail");
	const json_t *errors = json_object_get(problem, "errors");
	size_t i;
	const json_t *error;

	buf_printf(out, "%ld", status);
	if (*title) {
		buf_str(out, " ");
		problem_clean(out, title);
	}
	if (*detail && strcmp(title, detail) != 0) {
		buf_str(out, ": ");
		problem_clean(out, detail);
	}
	json_array_foreach(errors, i, error)
	{
		add_error(error, out);
	}
}
