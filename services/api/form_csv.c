/* SPDX-License-Identifier: Apache-2.0 */
/* One table as CSV: RFC 4180, for spreadsheets and programs alike. */
#include <string.h>

#include "api/form_model.h"

#define BOM "\xEF\xBB\xBF"

/* Spreadsheets take a field that begins so for a formula, quoted or not: an apostrophe in front
 * makes it the text that it is. */
static bool looks_like_formula(const char *s)
{
	return s[0] && strchr("=+-@\t\r\n", s[0]);
}

static void write_field(struct buf *out, const char *s)
{
	const bool guard = looks_like_formula(s);

	if (!guard && !s[strcspn(s, "\",\r\n")]) {
		buf_str(out, s);
		return;
	}
	buf_str(out, guard ? "\"'" : "\"");
	for (; *s; s++)
		buf_add(out, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
	buf_str(out, "\"");
}

void form_write_csv(const struct form *form, const struct form_table *table, struct buf *out)
{
	buf_str(out, BOM);
	for (size_t i = 0; i < table->columns_n; i++) {
		if (i)
			buf_str(out, ",");
		write_field(out, table->columns[i].zh);
	}
	for (size_t i = 0; i < table->n; i++) {
		const struct form_cell *cell = &table->cells[i];
		char number[FORM_NUMBER_TEXT];

		buf_str(out, i % table->columns_n ? "," : "\r\n");
		/* A number below zero is no formula. */
		if (cell->kind == FORM_NUMBER)
			buf_str(out, form_cell_text(form, cell, number));
		else
			write_field(out, form_cell_text(form, cell, number));
	}
	buf_str(out, "\r\n");
}
