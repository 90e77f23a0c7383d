/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"

#define CELLS_MAX (1u << 20)
#define GAP       2

/* Blocks that East Asian Width calls wide or full, coarsely. */
static const struct {
	uint32_t first;
	uint32_t last;
} wide[] = {
	{ 0x1100, 0x115f }, { 0x2e80, 0xa4cf },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x20000, 0x3fffd },
};

/* Decodes leniently: the texts were checked, or are cut on a boundary. */
static uint32_t next_code(const unsigned char **p)
{
	uint32_t code = *(*p)++;
	const int more = code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : code >= 0xc0 ? 1 : 0;

	if (more)
		code &= 0x3fu >> more;
	for (int i = 0; i < more && (**p & 0xc0) == 0x80; i++)
		code = code << 6 | (*(*p)++ & 0x3fu);
	return code;
}

size_t text_width(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t width = 0;

	while (*p) {
		const uint32_t code = next_code(&p);

		width++;
		for (size_t i = 0; i < ARRAY_LEN(wide); i++)
			width += code >= wide[i].first && code <= wide[i].last;
	}
	return width;
}

void table_init(struct table *t, size_t columns)
{
	*t = (struct table){ .columns = columns };
}

void table_release(struct table *t)
{
	free(t->cells);
	free(t->colours);
	table_init(t, t->columns);
}

static bool reserve(struct table *t)
{
	const size_t cap = t->cap ? t->cap * 2 : 64;
	char(*cells)[TABLE_CELL];
	enum colour *colours;

	if (t->n < t->cap)
		return true;
	if (t->failed || cap > CELLS_MAX)
		return false;
	cells = realloc(t->cells, cap * sizeof(*cells));
	if (cells)
		t->cells = cells;
	colours = realloc(t->colours, cap * sizeof(*colours));
	if (colours)
		t->colours = colours;
	if (!cells || !colours)
		return false;
	t->cap = cap;
	return true;
}

void table_cell(struct table *t, const char *text, enum colour colour)
{
	char *cell;

	if (!reserve(t)) {
		t->failed = true;
		return;
	}
	cell = t->cells[t->n];
	str_copy(cell, TABLE_CELL, text);
	for (; *cell; cell++) {
		if ((unsigned char)*cell < 0x20 || *cell == 0x7f)
			*cell = '?';
	}
	t->colours[t->n++] = colour;
}

bool has_colours(FILE *out)
{
	const char *no = getenv("NO_COLOR");

	return isatty(fileno(out)) && (!no || !*no);
}

const char *colour_begin(enum colour colour)
{
	static const char *const begins[] = { "", "\033[32m", "\033[31m", "\033[33m" };

	return begins[colour];
}

const char *colour_end(enum colour colour)
{
	return colour == COLOUR_NONE ? "" : "\033[0m";
}

static void print_cell(const struct table *t, size_t i, size_t width, bool last, FILE *out)
{
	const enum colour colour = has_colours(out) ? t->colours[i] : COLOUR_NONE;
	const int pad = (int)(width - text_width(t->cells[i]));
	const bool right = t->right[i % t->columns];

	fprintf(out, "%*s%s%s%s", right ? pad : 0, "", colour_begin(colour), t->cells[i],
		colour_end(colour));
	if (last)
		fprintf(out, "\n");
	else
		fprintf(out, "%*s", (right ? 0 : pad) + GAP, "");
}

void table_print(const struct table *t, FILE *out)
{
	size_t widths[TABLE_COLUMNS] = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		const size_t width = text_width(t->cells[i]);

		if (width > widths[i % t->columns])
			widths[i % t->columns] = width;
	}
	for (size_t i = 0; i < t->n; i++)
		print_cell(t, i, widths[i % t->columns],
			   i % t->columns == t->columns - 1 || i + 1 == t->n, out);
}
