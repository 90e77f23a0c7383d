/* SPDX-License-Identifier: Apache-2.0 */
#include "api/import_view.h"

#include "api/import_workbook.h"
#include "base/str.h"
#include "json/import_rows.h"
#include "json/write.h"

const char *import_format_named(const char *content_type)
{
	if (media_type_is(content_type, "application/x-ndjson"))
		return "ndjson";
	if (media_type_named(content_type, "text/csv"))
		return "csv";
	return media_type_named(content_type, XLSX_TYPE) ? "xlsx" : NULL;
}

int64_t import_row_of(const struct import_job *job, int64_t number)
{
	return import_is_workbook(job) ? number % IMPORT_SHEET_ROWS : number;
}

bool import_has_ended(const struct import_job *job)
{
	return str_equal(job->state, "done") || str_equal(job->state, "failed") ||
	       str_equal(job->state, "cancelled");
}

void import_write_head(const struct import_job *job, struct buf *out)
{
	buf_str(out, "{");
	json_member_int(out, "id", job->id);
	json_member_text(out, "state", job->state);
	json_member_text(out, "format", job->format);
	json_member_text(out, "mode", job->atomic ? "atomic" : "partial");
	json_member_bool(out, "dry_run", job->dry_run);
	json_member_int(out, "bytes", job->bytes);
	json_member_int(out, "bytes_done", job->bytes_done);
	json_member_int(out, "rows", job->counts.rows);
	json_member_int(out, "created", job->counts.created);
	json_member_int(out, "updated", job->counts.updated);
	json_member_int(out, "unchanged", job->counts.unchanged);
	json_member_int(out, "rejected", job->counts.rejected);
	if (job->failure[0])
		json_member_text(out, "failure", job->failure);
}

void import_place_of(const struct import_job *job, const struct import_error *error,
		     char out[IMPORT_PLACE])
{
	/* What all rows are checked for at once is told by pointer, whatever they came as. */
	if (str_equal(job->format, "csv"))
		import_column_of(error->pointer, out, IMPORT_PLACE);
	else
		str_copy(out, IMPORT_PLACE, error->pointer);
}

static void write_error(struct buf *out, const struct import_job *job, const struct import_error *e)
{
	char place[IMPORT_PLACE];

	import_place_of(job, e, place);
	buf_str(out, "{");
	json_member_int(out, "row", import_row_of(job, e->row));
	json_member_text(out, str_equal(job->format, "csv") ? "column" : "pointer", place);
	json_member_text(out, "code", e->code);
	json_member_text(out, "detail", e->detail);
	buf_str(out, "}");
}

enum err import_write(struct call *c, const struct import_job *job, const char *mapping)
{
	auto_import_errors struct import_errors list = { .items = NULL };
	struct buf *out = &c->rp->body;
	enum err e = ERR_OK;

	if (import_has_ended(job))
		e = store_import_errors(c->api->store, job->id, IMPORT_ERRORS_SHOWN, &list,
					&c->info);
	if (e != ERR_OK)
		return e;
	import_write_head(job, out);
	json_name(out, "errors");
	buf_str(out, "[");
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			buf_str(out, ",");
		write_error(out, job, &list.items[i]);
	}
	buf_str(out, "]");
	if (mapping) {
		json_name(out, "mapping");
		buf_str(out, mapping);
	}
	buf_str(out, "}");
	return ERR_OK;
}
