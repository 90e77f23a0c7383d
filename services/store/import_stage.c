/* SPDX-License-Identifier: Apache-2.0 */
#include "store/import_stage.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/copy_row.h"
#include "store/import_session.h"
#include "store/pool.h"

#define STOP_LOOK_MS 250
#define FRAME_MAX    64
#define SCRIPT_MAX   ((size_t)16 << 10)

static const enum query copies[STAGE_TABLES] = {
	[STAGE_REGIONS] = QUERY_IMPORT_COPY_REGION,
	[STAGE_SCHOOLS] = QUERY_IMPORT_COPY_SCHOOL,
	[STAGE_REPORTS] = QUERY_IMPORT_COPY_REPORT,
	[STAGE_COUNTY_REPORTS] = QUERY_IMPORT_COPY_COUNTY_REPORT,
	[STAGE_ERRORS] = QUERY_IMPORT_COPY_ERROR,
	[STAGE_REFUSED] = QUERY_IMPORT_COPY_REFUSED,
	[STAGE_LINES] = QUERY_IMPORT_COPY_LINE,
	[STAGE_CELLS] = QUERY_IMPORT_COPY_CELL,
	[STAGE_JOINED] = QUERY_IMPORT_COPY_JOINED,
	[STAGE_KINDS] = QUERY_IMPORT_COPY_KIND,
	[STAGE_TEXTS] = QUERY_IMPORT_COPY_TEXT,
};

/* What the checks of import_stage.sql find. */
static const struct {
	const char *code;
	const char *pointer;
	const char *detail;
} texts[] = {
	{ "duplicate_region", "/code",
	  "文件中重复,见前面的行 / the file has it twice, see before" },
	{ "duplicate_school", "/code",
	  "文件中重复,见前面的行 / the file has it twice, see before" },
	{ "duplicate_report", "/school",
	  "文件中同一学校同一学年重复 / the file has this school and period twice" },
	{ "duplicate_county_report", "/county",
	  "文件中同一县同一学年重复 / the file has this county and period twice" },
	{ "unknown_county", "/county", "没有登记的县 / no such county" },
	{ "unknown_school", "/school", "没有登记的学校 / no such school" },
	{ "unknown_parent", "/parent",
	  "该县没有可作本部的此学校 / the county has no such school that may be a parent" },
	{ "beyond_region", "", "超出密钥的地区 / beyond the key's region" },
	{ "other_county", "/county", "学校属于另一个县 / the school is in another county" },
	{ "closed_school", "/school", "学校已撤销 / the school is closed" },
	{ "not_of_kind", "/stages", /* and which: see import_note_stages */
	  "该校的办学类型没有此学段 / schools of this kind have no such stage" },
	{ "kind_in_use", "/kind",
	  "已上报该类学校没有的学段 / it has reported a stage that this kind does not have" },
	{ "needs_put", "",
	  "改变所属县或本部须用 PUT /v1/schools / a change of county or parent needs PUT" },
	{ "too_many_schools", "/county", "该县学校过多 / the county has too many schools" },
};

static const enum query preparations[] = {
	QUERY_IMPORT_SESSION,      QUERY_IMPORT_STAGE_REGION,
	QUERY_IMPORT_STAGE_SCHOOL, QUERY_IMPORT_STAGE_REPORT,
	QUERY_IMPORT_STAGE_ERROR,  QUERY_IMPORT_STAGE_COUNTY_REPORT,
	QUERY_IMPORT_STAGE_LINE,   QUERY_IMPORT_STAGE_KIND,
	QUERY_IMPORT_STAGE_TEXT,   QUERY_IMPORT_STAGE_PLACE,
	QUERY_IMPORT_STAGE_TWICE,  QUERY_IMPORT_STAGE_TOUCHED,
	QUERY_IMPORT_MARK_REGION,  QUERY_IMPORT_MARK_SCHOOL,
	QUERY_IMPORT_MARK_REPORT,  QUERY_IMPORT_MARK_COUNTY_REPORT,
	QUERY_IMPORT_STAGE_CELL,   QUERY_IMPORT_STAGE_COUNTY,
	QUERY_IMPORT_STAGE_JOINED, QUERY_IMPORT_STAGE_REFUSED,
};

/* --- statements --------------------------------------------------------------------------- */

/* What goes before the first row of a table's COPY, or behind its last: of binary ones alone. */
static enum err frame_copy(struct staging *st, void (*frame)(struct buf *), struct err_info *info)
{
	struct buf auto_buf bytes;

	buf_init(&bytes, FRAME_MAX);
	if (st->table != STAGE_REPORTS)
		return ERR_OK;
	frame(&bytes);
	if (buf_failed(&bytes))
		return err_set(info, bytes.err, "no memory for rows");
	if (PQputCopyData(st->conn.pg, bytes.data, (int)bytes.len) != 1)
		return query_failed(&st->conn, NULL, "copy", info);
	return ERR_OK;
}

/* One COPY takes the rows of many calls, so that PostgreSQL is never waiting for the next. */
static enum err end_copy(struct staging *st, struct err_info *info)
{
	enum err e;

	if (!st->copying)
		return ERR_OK;
	st->copying = false;
	e = frame_copy(st, copy_end, info);
	if (e != ERR_OK)
		return e;
	if (PQputCopyEnd(st->conn.pg, NULL) != 1)
		return query_failed(&st->conn, NULL, "copy", info);
	for (;;) {
		PGresult *auto_result result = PQgetResult(st->conn.pg);

		if (!result)
			return e;
		if (PQresultStatus(result) != PGRES_COMMAND_OK && e == ERR_OK)
			e = query_failed(&st->conn, result, "copy", info);
	}
}

static void break_off(struct staging *st)
{
	PGcancel *cancel = PQgetCancel(st->conn.pg);
	char why[256];

	IGNORE(PQcancel(cancel, why, sizeof(why)), "then we wait for it to end");
	PQfreeCancel(cancel);
}

/* Until the statement is answered. It may wait for somebody's lock for as long as that lasts. */
static void await_answer(struct staging *st, bool may_break)
{
	while (PQconsumeInput(st->conn.pg) == 1 && PQisBusy(st->conn.pg)) {
		struct pollfd fd = { .fd = PQsocket(st->conn.pg), .events = POLLIN };

		if (may_break && atomic_load(st->stop)) {
			break_off(st);
			may_break = false;
		}
		IGNORE(poll(&fd, 1, STOP_LOOK_MS), "the next look tells");
	}
}

/* The answer of a statement that was sent: the first, for there is one. NULL: it is lost. */
static PGresult *take_answer(struct staging *st, bool may_break)
{
	PGresult *first, *more;

	await_answer(st, may_break);
	first = PQgetResult(st->conn.pg);
	while ((more = PQgetResult(st->conn.pg)))
		PQclear(more);
	return first;
}

enum err stage_run(struct staging *st, enum query query, const struct params *params,
		   PGresult **ret_result, struct err_info *info)
{
	PGresult *auto_result result = NULL;
	ExecStatusType status;
	enum err e = end_copy(st, info);

	if (e != ERR_OK)
		return e;
	st->conn.again = false;
	if (PQsendQueryParams(st->conn.pg, query_texts[query], params ? params->n : 0, NULL,
			      params ? params->value : NULL, NULL, NULL, 0) == 1)
		result = take_answer(st, query != QUERY_TXN_COMMIT);
	status = PQresultStatus(result);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		return query_failed(&st->conn, result, query_names[query], info);
	if (query == QUERY_TXN_COMMIT && !str_equal(PQcmdStatus(result), "COMMIT"))
		return err_set(info, ERR_DB, "an import was rolled back");
	if (ret_result)
		*ret_result = STEAL(result);
	return ERR_OK;
}

static enum err begin_copy(struct staging *st, enum stage_table table, struct err_info *info)
{
	PGresult *auto_result result = NULL;
	const enum err e = end_copy(st, info);

	if (e != ERR_OK)
		return e;
	result = PQexec(st->conn.pg, query_texts[copies[table]]);
	if (PQresultStatus(result) != PGRES_COPY_IN)
		return query_failed(&st->conn, result, "copy", info);
	st->copying = true;
	st->table = table;
	return frame_copy(st, copy_begin, info);
}

static enum err send_rows(struct staging *st, enum stage_table table, struct buf *text,
			  struct err_info *info)
{
	enum err e = ERR_OK;

	if (buf_failed(text))
		return err_set(info, text->err, "no memory for rows");
	if (!st->copying || st->table != table)
		e = begin_copy(st, table, info);
	if (e != ERR_OK)
		return e;
	if (PQputCopyData(st->conn.pg, text->data, (int)text->len) != 1)
		return query_failed(&st->conn, NULL, "copy", info);
	text->len = 0; /* its memory is for the next rows */
	return ERR_OK;
}

enum err stage_send(struct staging *st, struct stage_rows *rows, struct err_info *info)
{
	enum err e = ERR_OK;

	for (int i = 0; i < STAGE_TABLES && e == ERR_OK; i++) {
		if (rows->text[i].len)
			e = send_rows(st, (enum stage_table)i, &rows->text[i], info);
	}
	return e;
}

/* --- life --------------------------------------------------------------------------------- */

static void add_kinds(struct stage_rows *rows)
{
	struct buf *out = &rows->text[STAGE_KINDS];

	for (int i = 0; i < 1000; i++) {
		char code[8];
		const struct kind *kind;

		if (snprintf(code, sizeof(code), "%03d", i) < 0)
			return;
		kind = kind_find(code);
		if (!kind)
			continue;
		buf_str(out, code);
		for (int s = 0; s < STAGE_COUNT; s++)
			buf_str(out, kind_has_stage(kind, (enum stage)s) ? "\tt" : "\tf");
		buf_str(out, "\n");
	}
}

static void add_texts(struct stage_rows *rows)
{
	struct buf *out = &rows->text[STAGE_TEXTS];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		buf_str(out, texts[i].code);
		stage_next_text(out, texts[i].pointer);
		stage_next_text(out, texts[i].detail);
		buf_str(out, "\n");
	}
}

/* Of the job: *ret_any, whether there is an answer; *ret_yes, whether that is yes. */
static enum err ask(struct staging *st, enum query query, bool *ret_any, bool *ret_yes,
		    struct err_info *info)
{
	PGresult *auto_result result = NULL;
	struct params p;
	enum err e;

	params_init(&p);
	params_int(&p, st->job);
	e = stage_run(st, query, &p, &result, info);
	if (e != ERR_OK)
		return e;
	*ret_any = PQntuples(result) > 0;
	*ret_yes = *ret_any && str_equal(PQgetvalue(result, 0, 0), "t");
	return ERR_OK;
}

enum err stage_patience(struct staging *st, int ms, struct err_info *info)
{
	struct params p;

	params_init(&p);
	params_int(&p, ms);
	return stage_run(st, QUERY_IMPORT_PATIENCE, &p, NULL, info);
}

/* All at once: one by one, each would be a commit, for the catalogue is written to the log. */
static enum err make_tables(struct staging *st, struct err_info *info)
{
	struct buf auto_buf script;
	PGresult *result;
	enum err e = ERR_OK;

	buf_init(&script, SCRIPT_MAX);
	for (size_t i = 0; i < ARRAY_LEN(preparations); i++) {
		buf_str(&script, query_texts[preparations[i]]);
		buf_str(&script, ";");
	}
	if (buf_failed(&script))
		return err_set(info, script.err, "no memory for an import");
	if (PQsendQuery(st->conn.pg, script.data) != 1)
		return query_failed(&st->conn, NULL, "import_session", info);
	await_answer(st, true);
	while ((result = PQgetResult(st->conn.pg))) {
		const ExecStatusType status = PQresultStatus(result);

		if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && e == ERR_OK)
			e = query_failed(&st->conn, result, "import_session", info);
		PQclear(result);
	}
	return e;
}

static enum err prepare(struct staging *st, struct err_info *info)
{
	auto_stage_rows struct stage_rows *rows = stage_rows_new();
	enum err e;

	if (!rows)
		return err_set(info, ERR_NOMEM, "no memory for an import");
	e = make_tables(st, info);
	if (e == ERR_OK)
		e = stage_patience(st, STAGE_PATIENCE_MS, info);
	if (e != ERR_OK)
		return e;
	add_kinds(rows);
	add_texts(rows);
	return stage_send(st, rows, info);
}

enum err stage_new(struct store *store, int64_t job, const atomic_bool *stop,
		   struct staging **ret_stage, struct err_info *info)
{
	auto_staging struct staging *st = calloc(1, sizeof(*st));
	bool ours = false, any = false;
	enum err e;

	*ret_stage = NULL;
	if (!st)
		return err_set(info, ERR_NOMEM, "no memory for an import");
	st->job = job;
	st->stop = stop;
	e = conninfo_connect(store->conninfo, &st->conn.pg, info);
	if (e == ERR_OK)
		e = ask(st, QUERY_IMPORT_HOLD, &any, &ours, info);
	if (e == ERR_OK && ours)
		e = ask(st, QUERY_IMPORT_START, &ours, &st->again, info);
	if (e != ERR_OK || !ours)
		return e;
	e = prepare(st, info);
	if (e == ERR_OK)
		*ret_stage = STEAL(st);
	return e;
}

bool stage_is_again(const struct staging *st)
{
	return st->again;
}

void stage_free(struct staging *st)
{
	if (!st)
		return;
	PQfinish(st->conn.pg);
	free(st);
}
