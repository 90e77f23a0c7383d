/* SPDX-License-Identifier: Apache-2.0 */
/* The form as JSON: rows are arrays of cells, in the order of the columns. */
#include "api/form_model.h"
#include "json/write.h"

static void write_cell(struct buf *out, const struct form *form, const struct form_cell *cell)
{
	char number[FORM_NUMBER_TEXT];

	switch (cell->kind) {
	case FORM_NUMBER:
		buf_str(out, form_cell_text(form, cell, number));
		return;
	case FORM_TEXT:
		json_text(out, form_cell_text(form, cell, number));
		return;
	case FORM_STATUS:
		json_text(out, status_names[cell->status]);
		return;
	case FORM_EMPTY:
	case FORM_KINDS:
		break;
	}
	buf_str(out, "null");
}

static void write_rows(struct buf *out, const struct form *form, const struct form_table *t)
{
	json_name(out, "rows");
	buf_str(out, "[");
	for (size_t i = 0; i < t->n; i++) {
		if (i % t->columns_n == 0)
			buf_str(out, i ? "],[" : "[");
		else
			buf_str(out, ",");
		write_cell(out, form, &t->cells[i]);
	}
	buf_str(out, t->n ? "]]" : "]");
}

static void write_columns(struct buf *out, const struct form_table *t)
{
	json_name(out, "columns");
	buf_str(out, "[");
	for (size_t i = 0; i < t->columns_n; i++) {
		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "zh", t->columns[i].zh);
		json_member_text(out, "en", t->columns[i].en);
		json_member_text(out, "kind", form_kind_names[t->columns[i].kind]);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static void write_table(struct buf *out, const struct form *form, const struct form_table *t)
{
	const struct form_title *title = &form_titles[t->id];

	buf_str(out, "{");
	json_member_text(out, "table", title->key);
	json_member_text(out, "name", title->name);
	json_member_text(out, "zh", title->zh);
	json_member_text(out, "en", title->en);
	json_member_text(out, "note", title->note);
	write_columns(out, t);
	write_rows(out, form, t);
	buf_str(out, "}");
}

void form_write_json(const struct form *form, struct buf *out)
{
	const struct form_county *c = form->county;

	buf_str(out, "{");
	json_member_text(out, "county", c->facts.county);
	json_member_text(out, "name", c->name);
	json_member_text(out, "period", c->facts.period);
	json_member_text(out, "standard", c->standard->id);
	json_member_int(out, "standard_version", c->standard->version);
	json_member_int(out, "version", c->facts.version);
	json_member_text(out, "computed_at", c->computed_at);
	json_member_text(out, "verdict", verdict_names[c->judgement.verdict]);
	json_name(out, "tables");
	buf_str(out, "[");
	for (size_t i = 0; i < form->tables_n; i++) {
		if (i)
			buf_str(out, ",");
		write_table(out, form, &form->tables[i]);
	}
	buf_str(out, "]}");
}
