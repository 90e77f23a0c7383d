/* SPDX-License-Identifier: Apache-2.0 */
#include "api/record_view.h"

#include <string.h>

#include "base/decimal.h"
#include "json/write.h"

void record_view_head(struct buf *out, const struct record *r, const struct school *s)
{
	json_member_text(out, "school", s->code);
	json_member_text(out, "name", s->name);
	json_member_text(out, "stage", stage_names[r->stage]);
	if (r->students == MISSING)
		json_member_double(out, "students", NULL);
	else
		json_member_int(out, "students", r->students);
}

void record_view_value(struct buf *out, const struct record_value *v, int indicator)
{
	const bool has = v->status != STATUS_NO_DATA;
	char display[DECIMAL_TEXT];

	json_member_double(out, "value", has ? &v->value : NULL);
	json_name(out, "display");
	if (has)
		json_text(out, decimal_format(v->rounded, display));
	else
		buf_str(out, "null");
	json_member_text(out, "status", status_names[v->status]);
	json_member_bool(out, "floor_met", v->floor_met);
	json_member_bool(out, "rounding_sensitive", v->rounding_sensitive);
	if (!v->relief)
		return;
	json_member_text(out, "relief", indicators[indicator].relief);
	json_member_bool(out, "relief_decisive", v->relief_decisive);
}

void record_view_display(struct buf *out, const struct indicator_judgement *j)
{
	char mean[DECIMAL_TEXT];

	json_name(out, "display");
	buf_str(out, "{");
	if (j->has_mean)
		json_member_text(out, "mean", decimal_format(j->mean_rounded, mean));
	if (j->has_cv) {
		json_name(out, "cv");
		buf_printf(out, "\"%lld.%03lld\"", (long long)(j->cv_rounded / 1000),
			   (long long)(j->cv_rounded % 1000));
	}
	buf_str(out, "}");
}

void record_view_names(struct buf *out, const char *name, const char *names)
{
	json_name(out, name);
	buf_str(out, "[");
	while (*names) {
		const size_t len = strcspn(names, ",");

		/* Names of items need no escapes. */
		buf_printf(out, "\"%.*s\"%s", (int)len, names, names[len] ? "," : "");
		names += len + (names[len] == ',');
	}
	buf_str(out, "]");
}
