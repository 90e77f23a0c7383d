/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sample_json.h"

#include <inttypes.h>

void sample_member(struct sample_json *w, const char *name)
{
	fputs(w->comma, w->out);
	if (name)
		fprintf(w->out, "\"%s\":", name);
	w->comma = ",";
}

void sample_open(struct sample_json *w, const char *name, char bracket)
{
	sample_member(w, name);
	fputc(bracket, w->out);
	w->comma = "";
}

void sample_close(struct sample_json *w, char bracket)
{
	fputc(bracket, w->out);
	w->comma = ",";
}

void sample_text(struct sample_json *w, const char *name, const char *text)
{
	sample_member(w, name);
	fprintf(w->out, "\"%s\"", text);
}

void sample_flag(struct sample_json *w, const char *name, bool flag)
{
	sample_member(w, name);
	fputs(flag ? "true" : "false", w->out);
}

void sample_number(struct sample_json *w, const char *name, int64_t value, int places)
{
	int64_t one = 1;

	for (; places > 0 && value % 10 == 0; places--)
		value /= 10;
	for (int i = 0; i < places; i++)
		one *= 10;
	sample_member(w, name);
	fprintf(w->out, "%" PRId64, value / one);
	if (places)
		fprintf(w->out, ".%0*" PRId64, places, value % one);
}

void sample_line_begin(struct sample_json *w, const char *type)
{
	fputc('{', w->out);
	w->comma = "";
	sample_text(w, "type", type);
}

void sample_line_end(struct sample_json *w)
{
	fputs("}\n", w->out);
}
