/* SPDX-License-Identifier: Apache-2.0 */
#include "json/rule_due_json.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/calendar.h"
#include "json/write.h"

static void read_day(struct reader *r, const json_t *value, struct rule_due *out)
{
	const char *text = json_string_value(value);
	char date[16];
	int64_t us;

	/* A day that every year has. */
	if (strlen(text) != RULE_DUE - 1 ||
	    snprintf(date, sizeof(date), "2023-%s", text) >= (int)sizeof(date) ||
	    !time_parse_date(date, &us))
		reader_problem(r, "not_allowed", "须为月日,如 12-31 / a month and day: 12-31");
	else
		str_copy(out->day, sizeof(out->day), text);
}

static void read_term(struct reader *r, json_t *value, struct rule_due *out)
{
	const char *const terms[CALENDAR_TERMS] = { calendar_term_name(0), calendar_term_name(1) };
	const size_t mark = reader_enter(r, "term");

	out->term = value ? reader_choice(r, value, terms, CALENDAR_TERMS) : 0;
	if (out->term < 0)
		out->term = 0; /* noted */
	reader_leave(r, mark);
	if (!value)
		reader_missing(r, "term");
}

static void read_working_days(struct reader *r, const json_t *value, struct rule_due *out)
{
	const size_t mark = reader_enter(r, "working_days");
	int64_t days = 0;

	if (value && reader_count(r, value, RULE_DUE_DAYS_MAX, &days))
		out->working_days = (int)days;
	reader_leave(r, mark);
	if (!value)
		reader_missing(r, "working_days");
}

void json_read_rule_due(struct reader *r, json_t *value, struct rule_due *out)
{
	static const char *const names[] = { "term", "working_days" };

	if (json_is_string(value)) {
		read_day(r, value, out);
	} else if (json_is_object(value)) {
		reader_members(r, value, names, ARRAY_LEN(names));
		read_term(r, json_object_get(value, "term"), out);
		read_working_days(r, json_object_get(value, "working_days"), out);
	} else {
		reader_problem(
			r, "wrong_type",
			"须为月日,如 \"12-31\",或 {\"term\", \"working_days\"} / a month and "
			"day, \"12-31\", or { \"term\", \"working_days\" }");
	}
}

void json_write_rule_due(const struct rule_due *due, struct buf *out)
{
	if (due->day[0]) {
		json_member_text(out, "due", due->day);
		return;
	}
	json_name(out, "due");
	buf_str(out, "{");
	json_member_text(out, "term", calendar_term_name(due->term));
	json_member_int(out, "working_days", due->working_days);
	buf_str(out, "}");
}
