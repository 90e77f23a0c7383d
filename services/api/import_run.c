/* SPDX-License-Identifier: Apache-2.0 */
/* One import from its parts to its end. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/csv_write.h"
#include "api/import_crew.h"
#include "api/import_look.h"
#include "api/import_sheets.h"
#include "api/importer.h"
#include "api/unpack.h"
#include "base/log.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "bus/bus.h"
#include "store/import_stage.h"
#include "json/events.h"

#define PROGRESS_US 500000
#define ROWS_MAX    5000000
#define LINES_MAX   (2 * ROWS_MAX)     /* blank ones, too: they are nothing but time */
#define FEED_BYTES  ((size_t)64 << 10) /* between two looks at whether it is to go on */
#define LINES_BYTES ((size_t)96 << 10)

struct run {
	struct api *api;
	struct import_job job;
	struct staging *st;
	struct look *looks[CREW_THREADS];
	size_t threads;
	struct crew *crew;
	struct sheets sheets; /* of a workbook, in place of the crew */
	struct import_counts counts;
	struct buf header; /* of a CSV file, … */
	bool has_header;   /* … which is its first record */
	int64_t bytes_done;
	int64_t told_us;
	int64_t hinted; /* counties that a monitor was told of */
	bool cancelled;
	/* Rows whose text is wanted, in the second reading. */
	int64_t *wanted;
	size_t wanted_n;
	size_t wanted_at;
	struct stage_rows *lines;
	size_t lines_bytes;
};

static void run_release(struct run *run)
{
	import_job_release(&run->job);
	crew_free(run->crew);
	sheets_release(&run->sheets);
	for (size_t i = 0; i < run->threads; i++)
		look_free(run->looks[i]);
	stage_free(run->st);
	buf_release(&run->header);
	free(run->wanted);
	stage_rows_free(run->lines);
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

/* --- records ------------------------------------------------------------------------------ */

/* The cells again, as they stand behind the error in errors.csv. */
static void write_cells(const struct file_record *record, struct buf *out)
{
	for (size_t i = 0; i < record->n; i++) {
		if (i)
			buf_str(out, ",");
		csv_cell(out, record->cell[i]);
	}
}

/* The columns of a CSV file, which each thread reads by; their mistakes are told once. */
static enum err on_header(struct run *run, const struct file_record *record, struct err_info *info)
{
	auto_stage_rows struct stage_rows *rows = stage_rows_new();
	struct crew_out out = { .rows = rows };
	enum err e = ERR_OK;

	if (!rows)
		return err_set(info, ERR_NOMEM, "no memory for an import");
	write_cells(record, &run->header);
	for (size_t i = 0; i < run->threads && e == ERR_OK; i++)
		e = look_at_record(record, run->looks[i], &out, info);
	run->counts.rejected += out.counts.rejected;
	if (e == ERR_MALFORMED) {
		const enum err sent = stage_send(run->st, rows, info);

		return sent == ERR_OK ? e : sent;
	}
	return e;
}

/* Of rows that the crew has looked at. */
static bool too_many(const struct run *run, struct err_info *info)
{
	if (run->counts.rows <= ROWS_MAX)
		return false;
	IGNORE(err_set(info, ERR_MALFORMED, "最多 %d 行 / at most %d rows", ROWS_MAX, ROWS_MAX),
	       "the caller returns it");
	return true;
}

static enum err on_record(const struct file_record *record, void *context, struct err_info *info)
{
	struct run *run = context;

	if (!run->has_header && import_format_of(&run->job) == IMPORT_CSV) {
		run->has_header = true;
		return on_header(run, record, info);
	}
	return too_many(run, info) ? ERR_MALFORMED : crew_add(run->crew, record, info);
}

/* --- reading ------------------------------------------------------------------------------ */

struct reading {
	struct run *run;
	struct records *records;
};

static enum err feed_some(const struct reading *r, const char *data, size_t len,
			  struct err_info *info)
{
	const enum err e = records_feed(r->records, data, len, info);

	if (e != ERR_OK)
		return e;
	if (records_row(r->records) > LINES_MAX)
		return err_set(info, ERR_MALFORMED,
			       "连同空行最多 %d 行 / at most %d lines, blank ones among them",
			       LINES_MAX, LINES_MAX);
	return tell_progress(r->run, &r->run->counts, false) ? ERR_OK : stopped(info);
}

/* Of few bytes, a part may be much to read. */
static enum err feed(const char *data, size_t len, void *context, struct err_info *info)
{
	enum err e = ERR_OK;

	for (size_t done = 0; done < len && e == ERR_OK; done += FEED_BYTES)
		e = feed_some(context, data + done,
			      len - done < FEED_BYTES ? len - done : FEED_BYTES, info);
	return e;
}

static enum err read_part(struct run *run, struct records *records, int n, struct err_info *info)
{
	struct reading reading = { run, records };
	auto_free char *bytes = NULL;
	bool gzip = false;
	size_t len = 0;
	enum err e =
		store_import_part_get(run->api->store, run->job.id, n, &gzip, &bytes, &len, info);

	if (e != ERR_OK)
		return e;
	e = unpack(gzip, bytes, len, feed, &reading, info);
	if (e != ERR_OK)
		return e;
	run->bytes_done += (int64_t)len;
	return tell_progress(run, &run->counts, false) ? ERR_OK : stopped(info);
}

static enum err read_file(struct run *run, record_fn *fn, struct err_info *info)
{
	auto_records struct records *records = NULL;
	enum err e = records_new(import_format_of(&run->job), fn, run, &records);

	run->bytes_done = 0;
	for (int n = 1; n <= run->job.parts && e == ERR_OK; n++)
		e = read_part(run, records, n, info);
	return e == ERR_OK ? records_end(records, info) : e;
}

/* The first reading: by as many threads as there are processors, for JSON takes longer to read than
 * PostgreSQL to store. */
static enum err read_rows(struct run *run, struct err_info *info)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	const size_t threads = processors < 1              ? 1
			       : processors < CREW_THREADS ? (size_t)processors
							   : CREW_THREADS;
	struct err_info crew_info = { .code = ERR_OK };
	enum err e = ERR_OK, f;

	while (run->threads < threads && e == ERR_OK) {
		e = look_new(run->api, &run->job, &run->looks[run->threads], info);
		run->threads += e == ERR_OK;
	}
	if (e == ERR_OK)
		e = crew_new(look_at_record, (void **)run->looks, run->threads, run->st,
			     &run->counts, &run->crew, info);
	if (e != ERR_OK)
		return e;
	e = read_file(run, on_record, info);
	/* Of a file that breaks off, the rows up to there are looked at, too. */
	f = crew_finish(run->crew, &crew_info);
	crew_free(run->crew);
	run->crew = NULL;
	if (e != ERR_OK)
		return e;
	if (f != ERR_OK)
		*info = crew_info;
	return f == ERR_OK && too_many(run, info) ? ERR_MALFORMED : f;
}

static bool sheets_go_on(void *context)
{
	struct run *run = context;

	return tell_progress(run, &run->counts, false);
}

static enum err read_sheets(struct run *run, struct err_info *info)
{
	const enum err e = look_new(run->api, &run->job, &run->looks[0], info);

	if (e != ERR_OK)
		return e;
	run->threads = 1;
	run->sheets.api = run->api;
	run->sheets.job = &run->job;
	run->sheets.st = run->st;
	run->sheets.look = run->looks[0];
	run->sheets.counts = &run->counts;
	run->sheets.goes_on = sheets_go_on;
	run->sheets.context = run;
	return sheets_read(&run->sheets, &run->header, info);
}

/* The second reading: rows that have errors, as they were sent. */
static enum err on_line(const struct file_record *record, void *context, struct err_info *info)
{
	struct run *run = context;
	auto_buf struct buf text;
	enum err e = ERR_OK;

	buf_init(&text, IMPORT_LINE_MAX);
	while (run->wanted_at < run->wanted_n && run->wanted[run->wanted_at] < record->row)
		run->wanted_at++;
	if (run->wanted_at == run->wanted_n || run->wanted[run->wanted_at] != record->row)
		return ERR_OK;
	if (!record->too_long)
		write_cells(record, &text);
	/* It may not be UTF-8 from the middle on: then that was its mistake. */
	str_mend_utf8(text.data);
	if (!buf_failed(&text) && import_keeps_line(&run->lines_bytes, text.len))
		e = stage_line(run->lines, record->row, text.data, info);
	if (e == ERR_OK && stage_rows_bytes(run->lines) > LINES_BYTES)
		e = stage_send(run->st, run->lines, info);
	return e;
}

static enum err keep_lines(struct run *run, struct err_info *info)
{
	enum err e = ERR_OK;

	if (import_is_workbook(&run->job))
		e = stage_name_cells(run->st, IMPORT_SHEET_ROWS, info);
	if (e == ERR_OK)
		e = stage_error_rows(run->st, &run->wanted, &run->wanted_n, info);
	if (e != ERR_OK || !run->wanted_n)
		return e;
	if (import_is_workbook(&run->job))
		return sheets_keep_lines(&run->sheets, run->wanted, run->wanted_n, info);
	run->lines = stage_rows_new();
	if (!run->lines)
		return err_set(info, ERR_NOMEM, "no memory for lines");
	e = read_file(run, on_line, info);
	if (e == ERR_OK || e == ERR_MALFORMED || e == ERR_TOO_BIG) {
		const enum err sent = stage_send(run->st, run->lines, info);

		e = sent == ERR_OK ? e : sent;
	}
	/* A file that breaks off has told why; its rows up to there are kept. */
	return e == ERR_MALFORMED || e == ERR_TOO_BIG ? ERR_OK : e;
}

/* --- the end ------------------------------------------------------------------------------ */

/* A small import is as urgent as a PUT; what is changed by a large one waits for those. */
#define HINTED_MAX 8 /* counties; the changes of further ones are bulk */

static void on_changed(const struct write_result *change, void *context)
{
	struct run *run = context;

	call_hint(run->api, change, ++run->hinted > HINTED_MAX);
}

/* Of an atomic import it is the last question; a large partial one has many turns, each a commit as
 * it is. */
static bool goes_on(const struct import_counts *counts, void *context)
{
	struct run *run = context;

	return tell_progress(run, counts, run->job.atomic || run->job.bytes <= IMPORT_SMALL_BYTES);
}

/* Others wait behind a small one. */
static int patience_of(const struct run *run)
{
	if (run->job.bytes > IMPORT_SMALL_BYTES)
		return 0;
	return stage_is_again(run->st) ? IMPORT_AGAIN_MS : IMPORT_TURN_MS;
}

static enum err merge(struct run *run, bool *ret_finished, struct err_info *info)
{
	const struct stage_job job = { .key = run->job.key,
				       .region = run->job.region,
				       .atomic = run->job.atomic,
				       .dry_run = run->job.dry_run,
				       .spoilt = run->counts.rejected > 0,
				       .columns = !str_equal(run->job.format, "ndjson"),
				       .patience_ms = patience_of(run),
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
		str_copy(out, size, IMPORT_CANCELLED);
	else if (e == ERR_MALFORMED || e == ERR_TOO_BIG)
		str_copy(out, size, why->text);
	else if (e != ERR_OK)
		str_copy(out, size, err_text(ERR_DB));
	else if (str_equal(state_of(run, e), "failed"))
		str_copy(out, size,
			 "有行未通过校验,全部未写入 / rows are wrong: nothing was written");
}

static enum err end_as(struct run *run, enum err e, const struct err_info *why,
		       struct err_info *info)
{
	const char *state = state_of(run, e);
	char failure[256];

	failure_of(run, e, why, failure, sizeof(failure));
	/* What an atomic import did not write was neither created nor updated. */
	if (!str_equal(state, "done") && run->job.atomic)
		run->counts.created = run->counts.updated = run->counts.unchanged = 0;
	return stage_finish(run->st, state, &run->counts,
			    buf_failed(&run->header) ? "" : run->header.data, failure, info);
}

/* Whether what did not end as it would have was asked to stop, too late for any turn: it is not
 * ended in any other way. */
static bool was_cancelled(struct run *run, enum err e)
{
	if (e == ERR_CONFLICT && !run->cancelled)
		IGNORE(tell_progress(run, &run->counts, true), "run->cancelled tells");
	return e == ERR_CONFLICT && run->cancelled;
}

static enum err finish(struct run *run, enum err e, const struct err_info *why,
		       struct err_info *info)
{
	enum err f = run->cancelled ? ERR_OK : keep_lines(run, info);

	if (f == ERR_OK)
		f = end_as(run, e, why, info);
	if (was_cancelled(run, f))
		f = end_as(run, e, why, info);
	log_event(e == ERR_OK || err_http(e) < 500 ? LOG_INFO : LOG_ERROR, "import",
		  F_INT("import", run->job.id), F_STR("state", state_of(run, e)),
		  F_INT("rows", run->counts.rows), F_INT("rejected", run->counts.rejected),
		  F_STR("cause", e == ERR_OK ? "" : why->text));
	return f;
}

static enum err prepare(struct run *run, int64_t id, struct err_info *info)
{
	enum err e = stage_new(run->api->store, id, &run->api->stopping, &run->st, info);

	if (e != ERR_OK || !run->st)
		return e;
	return store_import_get(run->api->store, id, &run->job, info);
}

static enum err run_job(struct run *run, int64_t id, struct err_info *info)
{
	struct err_info why = { .code = ERR_OK };
	bool finished = false;
	enum err e;

	buf_init(&run->header, IMPORT_LINE_MAX);
	e = prepare(run, id, info);
	if (e != ERR_OK || !run->st)
		return e;
	e = import_is_workbook(&run->job) ? read_sheets(run, &why) : read_rows(run, &why);
	if (e == ERR_OK)
		e = merge(run, &finished, &why);
	if (finished)
		return ERR_OK;
	IGNORE(was_cancelled(run, e), "finish() looks at run->cancelled");
	if (e != ERR_OK && is_passing(run, e) && !run->cancelled) {
		*info = why;
		return e;
	}
	return finish(run, e, &why, info);
}

void import_run(struct api *api, int64_t id, bool *ret_kept)
{
	auto_run struct run run = { .api = api };
	struct err_info info = { .code = ERR_OK };
	const enum err e = run_job(&run, id, &info);
	/* That somebody keeps a lock is told once. */
	const bool is_told = e == ERR_BUSY && run.st && stage_is_again(run.st);

	*ret_kept = e == ERR_BUSY;
	if (e != ERR_OK && !is_told)
		log_event(LOG_WARN, "import interrupted", F_INT("import", id),
			  F_STR("cause", info.text));
}
