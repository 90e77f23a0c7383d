/* SPDX-License-Identifier: Apache-2.0 */
/* One import from its parts to its end. */
#include <stdlib.h>
#include <string.h>

#include "api/csv_write.h"
#include "api/import_workbook.h"
#include "api/importer.h"
#include "api/unpack.h"
#include "base/log.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "bus/bus.h"
#include "store/import_stage.h"
#include "store/reports.h"
#include "store/standards.h"
#include "json/events.h"
#include "json/import_rows.h"

#define PROGRESS_US 500000
#define ROWS_MAX    5000000
#define LINE_MAX    ((size_t)256 << 10) /* a row of 64 KB whose quotes are doubled */

struct run {
	struct api *api;
	struct import_job job;
	struct staging *st;
	struct import_rows *rows;
	struct import_book book; /* of an office */
	struct problems problems;
	struct import_counts counts;
	struct buf header; /* of a CSV file */
	int64_t bytes_done;
	int64_t told_us;
	bool cancelled;
	enum err lookup;                 /* why something that a row is checked by was not had */
	const struct standard *standard; /* of the county and period that were asked for last */
	char county[COUNTY_CODE];
	char period[PERIOD_CODE];
	/* Rows whose text is wanted, in the second reading. */
	int64_t *wanted;
	size_t wanted_n;
	size_t wanted_at;
};

static void run_release(struct run *run)
{
	import_job_release(&run->job);
	stage_free(run->st);
	import_rows_free(run->rows);
	import_book_release(&run->book);
	buf_release(&run->header);
	standard_release(run->standard);
	free(run->wanted);
}
#define auto_run AUTO(run_release)

/* --- how far it is ------------------------------------------------------------------------ */

/* false: asked to stop, or the program ends. */
static bool tell_progress(struct run *run, const struct import_counts *counts, bool now)
{
	const int64_t t = time_monotonic_us();
	bool cancel = false;

	if (!now && t - run->told_us < PROGRESS_US)
		return true;
	run->told_us = t;
	if (store_import_progress(run->api->store, run->job.id, run->bytes_done, counts, &cancel,
				  NULL) == ERR_OK &&
	    cancel)
		run->cancelled = true;
	importer_moved(run->api->importer);
	return !run->cancelled && !atomic_load(&run->api->stopping);
}

static enum err stopped(struct err_info *info)
{
	return err_set(info, ERR_CONFLICT, "stopped");
}

/* --- rows --------------------------------------------------------------------------------- */

/* Whether it is there. A database that does not answer says nothing of the row: see on_record(). */
static bool found(struct run *run, enum err e)
{
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		run->lookup = e;
	return e == ERR_OK;
}

static const struct standard *standard_of(const char *county, const char *period, void *context)
{
	struct run *run = context;

	if (run->standard && str_equal(run->county, county) && str_equal(run->period, period))
		return run->standard;
	standard_release(run->standard);
	run->standard = NULL;
	if (!found(run, store_standard_for(run->api->store, county, period, &run->standard, NULL)))
		return NULL;
	str_copy(run->county, sizeof(run->county), county);
	str_copy(run->period, sizeof(run->period), period);
	return run->standard;
}

/* What the standard of the school's county has schools report; what is stored already stays. */
static void check_declared(struct run *run, const struct import_row *row)
{
	const struct standard *standard = NULL;
	struct stored_report stored;
	struct school school;

	if (!row->report.declared_n)
		return;
	if (!found(run, store_school_get(run->api->store, row->code, &school, NULL, NULL))) {
		problems_add(
			&run->problems, "/declared", "unknown_school",
			"自定数据须待学校登记后填报 / declared figures are for schools that are "
			"there already");
		return;
	}
	standard = standard_of(school.county, row->period, run);
	if (found(run, store_report_get(run->api->store, row->period, row->code, &stored, NULL)) &&
	    report_equal(&stored.report, &row->report))
		return;
	if (!standard)
		problems_add(&run->problems, "/declared", "not_allowed",
			     "该学年没有适用的标准,不能填报自定数据 / no standard judges this "
			     "period, and so none declares a figure");
	else
		IGNORE(json_check_declared(&row->report, standard, &run->problems),
		       "the problems tell");
}

/* What the key may write; a report's school is looked up with all others. */
static void check_access(struct run *run, const struct import_row *row)
{
	const char *code = row->type == IMPORT_REGION   ? row->code
			   : row->type == IMPORT_SCHOOL ? row->school.county
							: row->county;

	if (row->type == IMPORT_REPORT)
		return;
	if (row->type == IMPORT_REGION && run->job.role < ROLE_ADMIN)
		problems_add(
			&run->problems, "/type", "beyond_role",
			"地区须由 admin 密钥写入 / regions are written with a key of role admin");
	if (!region_covers(run->job.region, code, ""))
		problems_add(&run->problems, row->type == IMPORT_REGION ? "/code" : "/county",
			     "beyond_region", "超出密钥的地区 / beyond the key's region");
}

static enum err stage_row(struct run *run, const struct import_row *row, struct err_info *info)
{
	struct region region = { .version = 0 };

	switch (row->type) {
	case IMPORT_REGION:
		str_copy(region.code, sizeof(region.code), row->code);
		str_copy(region.name, sizeof(region.name), row->region.name);
		str_copy(region.targets, sizeof(region.targets), row->region.targets);
		str_copy(region.recognised, sizeof(region.recognised), row->region.recognised);
		return stage_region(run->st, row->row, &region, info);
	case IMPORT_SCHOOL:
		return stage_school(run->st, row->row, &row->school, info);
	case IMPORT_REPORT:
		return stage_report(run->st, row->row, row->county, row->period, row->code,
				    &row->report, info);
	case IMPORT_COUNTY_REPORT:
		return stage_county_report(run->st, row->row, row->county, row->period,
					   row->document.data, info);
	}
	return ERR_DB;
}

/* numbers: of a workbook, the row of each; else NULL. */
static enum err stage_problems(struct run *run, int64_t row, const int64_t *numbers,
			       struct err_info *info)
{
	enum err e = ERR_OK;

	run->counts.rejected++;
	for (size_t i = 0; i < run->problems.n && e == ERR_OK; i++) {
		const struct problem *p = &run->problems.items[i];

		e = stage_error(run->st, numbers ? numbers[i] : row, (int)i + 1, p->pointer,
				p->code, p->detail, info);
	}
	return e;
}

/* The cells again, as they stand behind the error in errors.csv. */
static void write_cells(const struct file_record *record, struct buf *out)
{
	for (size_t i = 0; i < record->n; i++) {
		if (i)
			buf_str(out, ",");
		csv_cell(out, record->cell[i]);
	}
}

static enum err check_row(struct run *run, const struct import_row *row, struct err_info *info)
{
	if (++run->counts.rows > ROWS_MAX)
		return err_set(info, ERR_MALFORMED, "最多 %d 行 / at most %d rows", ROWS_MAX,
			       ROWS_MAX);
	if (row) {
		check_access(run, row);
		check_declared(run, row);
	}
	if (run->lookup != ERR_OK)
		return err_set(info, run->lookup, "%s", err_text(run->lookup));
	return ERR_OK;
}

static enum err on_record(const struct file_record *record, void *context, struct err_info *info)
{
	struct run *run = context;
	struct import_row *row = NULL;
	enum err e;

	if (record->row == 1 && str_equal(run->job.format, "csv"))
		write_cells(record, &run->header);
	e = import_rows_read(run->rows, record, &row, &run->problems, info);
	if (e == ERR_MALFORMED) {
		const enum err noted = stage_problems(run, record->row, NULL, info);

		return noted == ERR_OK ? err_set(info, e, "表头有误 / the header is wrong") : noted;
	}
	if (e != ERR_OK && e != ERR_INVALID)
		return err_set(info, e, "%s", err_text(e));
	if (e == ERR_OK && !row)
		return ERR_OK;
	e = check_row(run, row, info);
	if (e != ERR_OK)
		return e;
	if (run->problems.n)
		return stage_problems(run, record->row, NULL, info);
	return stage_row(run, row, info);
}

/* --- workbooks ---------------------------------------------------------------------------- */

static enum err on_sheet_row(int64_t number, struct import_row *row, struct problems *problems,
			     void *context, struct err_info *info)
{
	int64_t numbers[PROBLEMS_MAX];
	struct run *run = context;
	enum err e;

	run->problems = *problems;
	e = check_row(run, row, info);
	if (e == ERR_OK && !tell_progress(run, &run->counts, false))
		e = stopped(info);
	if (e != ERR_OK)
		return e;
	if (!run->problems.n)
		return stage_row(run, row, info);
	import_xlsx_name_cells(run->book.xlsx, &run->problems, numbers);
	return stage_problems(run, number, numbers, info);
}

static enum err on_place(int sheet, const char *pointer, const char *cell, void *context,
			 struct err_info *info)
{
	return stage_cell(((struct run *)context)->st, sheet, pointer, cell, info);
}

/* Without a person there is no doubt. */
static enum err refuse_workbook(struct run *run, const int64_t *numbers, struct err_info *info)
{
	const enum err noted = stage_problems(run, 1, numbers, info);

	return noted == ERR_OK
		       ? err_set(info, ERR_MALFORMED,
				 "表头须由人确认:用 ?preview=true 上传,查看后提交 / the "
				 "headings need a person: send it with ?preview=true, look, "
				 "and commit")
		       : noted;
}

static enum err keep_mapping(struct run *run, struct err_info *info)
{
	auto_buf struct buf mapping;

	buf_init(&mapping, REPLY_BYTES_MAX);
	import_xlsx_write_mapping(run->book.xlsx, &mapping);
	if (buf_failed(&mapping))
		return err_set(info, mapping.err, "the mapping is too large");
	return store_import_map(run->api->store, run->job.id, mapping.data, info);
}

static enum err read_workbook(struct run *run, struct err_info *info)
{
	auto_import_texts struct import_texts texts = { .choices = NULL };
	int64_t numbers[PROBLEMS_MAX];
	enum err e = store_import_texts(run->api->store, run->job.id, &texts, info);

	if (e == ERR_OK)
		e = import_book_open(run->api, &run->job, texts.choices, standard_of, run,
				     &run->book, &run->problems, info);
	if (e == ERR_INVALID) /* it was checked with its commit: another program did */
		return err_set(info, ERR_MALFORMED, "指定的列有误 / the chosen columns are wrong");
	if (e == ERR_OK)
		e = keep_mapping(run, info);
	if (e != ERR_OK)
		return e;
	import_book_letters(&run->book, &run->header);
	if (!import_xlsx_is_settled(run->book.xlsx, &run->problems, numbers))
		return refuse_workbook(run, numbers, info);
	e = import_xlsx_places(run->book.xlsx, on_place, run, info);
	return e == ERR_OK ? import_xlsx_read(run->book.xlsx, on_sheet_row, run, info) : e;
}

/* --- reading ------------------------------------------------------------------------------ */

static enum err feed(const char *data, size_t len, void *context, struct err_info *info)
{
	return records_feed(context, data, len, info);
}

static enum err read_part(struct run *run, struct records *records, int n, struct err_info *info)
{
	auto_free char *bytes = NULL;
	bool gzip = false;
	size_t len = 0;
	enum err e =
		store_import_part_get(run->api->store, run->job.id, n, &gzip, &bytes, &len, info);

	if (e != ERR_OK)
		return e;
	e = unpack(gzip, bytes, len, feed, records, info);
	if (e != ERR_OK)
		return e;
	run->bytes_done += (int64_t)len;
	return tell_progress(run, &run->counts, false) ? ERR_OK : stopped(info);
}

static enum import_format format_of(const struct run *run)
{
	return str_equal(run->job.format, "csv") ? IMPORT_CSV : IMPORT_NDJSON;
}

static enum err read_file(struct run *run, record_fn *fn, struct err_info *info)
{
	auto_records struct records *records = NULL;
	enum err e = records_new(format_of(run), fn, run, &records);

	run->bytes_done = 0;
	for (int n = 1; n <= run->job.parts && e == ERR_OK; n++)
		e = read_part(run, records, n, info);
	return e == ERR_OK ? records_end(records, info) : e;
}

static bool is_wanted(struct run *run, int64_t row)
{
	while (run->wanted_at < run->wanted_n && run->wanted[run->wanted_at] < row)
		run->wanted_at++;
	return run->wanted_at < run->wanted_n && run->wanted[run->wanted_at] == row;
}

/* The second reading: rows that have errors, as they were sent. */
static enum err on_line(const struct file_record *record, void *context, struct err_info *info)
{
	struct run *run = context;
	auto_buf struct buf text;
	enum err e = ERR_OK;

	buf_init(&text, LINE_MAX);
	if (!is_wanted(run, record->row))
		return ERR_OK;
	if (!record->too_long)
		write_cells(record, &text);
	if (!buf_failed(&text) && str_is_utf8(text.data, text.len))
		e = stage_line(run->st, record->row, text.data, info);
	return e;
}

static enum err on_sheet_line(int64_t number, const struct sheet_row *row, void *context,
			      struct err_info *info)
{
	struct run *run = context;
	auto_buf struct buf text;

	buf_init(&text, LINE_MAX);
	if (!is_wanted(run, number))
		return ERR_OK;
	for (size_t i = 0; i < row->n; i++) {
		if (i)
			buf_str(&text, ",");
		csv_cell(&text, row->cell[i].text);
	}
	return buf_failed(&text) ? ERR_OK : stage_line(run->st, number, text.data, info);
}

static enum err keep_lines(struct run *run, struct err_info *info)
{
	enum err e = stage_error_rows(run->st, &run->wanted, &run->wanted_n, info);

	if (e == ERR_OK && import_is_workbook(&run->job))
		e = stage_name_cells(run->st, IMPORT_SHEET_ROWS, info);
	if (e != ERR_OK || !run->wanted_n)
		return e;
	if (run->book.xlsx)
		e = import_xlsx_lines(run->book.xlsx, on_sheet_line, run, info);
	else if (!import_is_workbook(&run->job))
		e = read_file(run, on_line, info);
	/* A file that breaks off has told why; its rows up to there are kept. */
	return e == ERR_MALFORMED || e == ERR_TOO_BIG ? ERR_OK : e;
}

/* --- the end ------------------------------------------------------------------------------ */

static void on_changed(const struct write_result *change, void *context)
{
	call_hint(((struct run *)context)->api, change);
}

static bool goes_on(const struct import_counts *counts, void *context)
{
	return tell_progress(context, counts, true);
}

static enum err merge(struct run *run, bool *ret_finished, struct err_info *info)
{
	const struct stage_job job = { .key = run->job.key,
				       .region = run->job.region,
				       .atomic = run->job.atomic,
				       .dry_run = run->job.dry_run,
				       .spoilt = run->counts.rejected > 0,
				       .changed = on_changed,
				       .goes_on = goes_on,
				       .context = run };

	return stage_merge(run->st, &job, &run->counts, ret_finished, info);
}

/* Whether the failure is the moment's, not the file's: then the job is taken up again. */
static bool is_passing(const struct run *run, enum err e)
{
	return atomic_load(&run->api->stopping) || e == ERR_DB_DOWN || e == ERR_BUSY ||
	       e == ERR_NOMEM;
}

static const char *state_of(const struct run *run, enum err e)
{
	if (run->cancelled)
		return "cancelled";
	if (e != ERR_OK || (run->job.atomic && run->counts.rejected && !run->job.dry_run))
		return "failed";
	return "done";
}

static void failure_of(const struct run *run, enum err e, const struct err_info *why, char *out,
		       size_t size)
{
	out[0] = '\0';
	if (run->cancelled)
		str_copy(out, size, "已取消 / cancelled");
	else if (e == ERR_MALFORMED || e == ERR_TOO_BIG)
		str_copy(out, size, why->text);
	else if (e != ERR_OK)
		str_copy(out, size, err_text(ERR_DB));
	else if (str_equal(state_of(run, e), "failed"))
		str_copy(out, size,
			 "有行未通过校验,全部未写入 / rows are wrong: nothing was written");
}

static enum err finish(struct run *run, enum err e, const struct err_info *why,
		       struct err_info *info)
{
	const char *state = state_of(run, e);
	char failure[256];
	enum err f = ERR_OK;

	failure_of(run, e, why, failure, sizeof(failure));
	/* What an atomic import did not write was neither created nor updated. */
	if (!str_equal(state, "done") && run->job.atomic)
		run->counts.created = run->counts.updated = run->counts.unchanged = 0;
	if (!run->cancelled)
		f = keep_lines(run, info);
	if (f == ERR_OK)
		f = stage_finish(run->st, state, &run->counts,
				 buf_failed(&run->header) ? "" : run->header.data, failure, info);
	log_event(e == ERR_OK || err_http(e) < 500 ? LOG_INFO : LOG_ERROR, "import",
		  F_INT("import", run->job.id), F_STR("state", state),
		  F_INT("rows", run->counts.rows), F_INT("rejected", run->counts.rejected),
		  F_STR("cause", e == ERR_OK ? "" : why->text));
	return f;
}

static enum err prepare(struct run *run, int64_t id, struct err_info *info)
{
	char last[PERIOD_CODE];
	enum err e = stage_new(run->api->store, id, &run->st, info);

	if (e != ERR_OK || !run->st)
		return e;
	e = store_import_get(run->api->store, id, &run->job, info);
	if (e != ERR_OK)
		return e;
	import_last_period(last);
	return import_rows_new(format_of(run), last, standard_of, run, &run->rows);
}

enum err import_run(struct api *api, int64_t id, struct err_info *info)
{
	auto_run struct run run = { .api = api };
	struct err_info why = { .code = ERR_OK };
	bool finished = false;
	enum err e;

	buf_init(&run.header, LINE_MAX);
	e = prepare(&run, id, info);
	if (e != ERR_OK || !run.st)
		return e;
	e = import_is_workbook(&run.job) ? read_workbook(&run, &why)
					 : read_file(&run, on_record, &why);
	if (e == ERR_OK)
		e = merge(&run, &finished, &why);
	if (finished)
		return ERR_OK;
	if (e != ERR_OK && is_passing(&run, e) && !run.cancelled) {
		*info = why;
		return e;
	}
	return finish(&run, e, &why, info);
}
