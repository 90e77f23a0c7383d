/* SPDX-License-Identifier: Apache-2.0 */
/* A table on a terminal, its columns aligned: Chinese characters take two places. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/err.h"

#define TABLE_COLUMNS 10
#define TABLE_CELL    160 /* bytes of a cell, with their end; longer text is cut */

enum colour { COLOUR_NONE, COLOUR_GREEN, COLOUR_RED, COLOUR_YELLOW };

struct table {
	size_t columns;
	bool right[TABLE_COLUMNS]; /* columns of numbers */
	char (*cells)[TABLE_CELL];
	enum colour *colours;
	size_t n; /* cells */
	size_t cap;
	bool failed; /* out of memory: it prints what it has */
};

void table_init(struct table *t, size_t columns);
void table_release(struct table *t);

/* The next cell, row by row. Control characters become '?'. */
void table_cell(struct table *t, const char *text, enum colour colour);

/* Colours only where out is a terminal (and NO_COLOR is not set). */
void table_print(const struct table *t, FILE *out);

/* Places that a text takes on a terminal. */
size_t text_width(const char *text);

bool has_colours(FILE *out);
const char *colour_begin(enum colour colour); /* escape sequences */
const char *colour_end(enum colour colour);

static inline void auto_table_release(struct table *t)
{
	table_release(t);
}
#define auto_table AUTO(auto_table_release)

#endif
