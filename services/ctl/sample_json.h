/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of the sample province, a line at a time. It is written by hand: names are checked to
 * need no escape when the tables are read, all else is digits. */
#ifndef CTL_SAMPLE_JSON_H
#define CTL_SAMPLE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Whether all was written is found once, at the end, by ferror: a stream that failed stays
 * failed. */
struct sample_json {
	FILE *out;         /* borrowed */
	const char *comma; /* before the next member or element: "" or "," */
};

/* A line's object, with its member "type". */
void sample_line_begin(struct sample_json *w, const char *type);
void sample_line_end(struct sample_json *w);

/* The name of a member, or with NULL the next element of an array; its value follows. */
void sample_member(struct sample_json *w, const char *name);
void sample_open(struct sample_json *w, const char *name, char bracket);
void sample_close(struct sample_json *w, char bracket);

void sample_text(struct sample_json *w, const char *name, const char *text);
void sample_flag(struct sample_json *w, const char *name, bool flag);
/* value / 10^places, with as few decimals as it needs. */
void sample_number(struct sample_json *w, const char *name, int64_t value, int places);

#endif
