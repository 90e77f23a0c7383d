/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "domain/judge.h"
#include "store/import_session.h"
#include "store/row.h"

#define TURN_ROWS        1000  /* of a partial import in one transaction, a county's at least */
#define MANY_ROWS        20000 /* from here on, looking each up by itself is slower */
#define TRIES            6
#define AFTER_ALL        "z" /* behind every county */
#define UNIQUE_VIOLATION "23505"

/* What was staged of the counties from `from` up to, but without, `to`. */
struct range {
	char from[COUNTY_CODE];
	char to[COUNTY_CODE];
	bool first; /* regions, too */
};

struct merge {
	struct staging *st;
	const struct stage_job *job;
	struct import_counts *counts;
	bool *finished;
	bool marked;   /* reports are marked one by one: not all of them are new */
	bool known;    /* it is known which reports the file has twice */
	bool moved;    /* schools have moved since it was looked up where they are */
	int64_t fresh; /* reports of the range that are written unmarked, for all are new */
};

/* Which parameters a statement takes. */
enum { NO_PARAMS, THE_KEY, COLUMNS, THE_RANGE, RANGE_REGION, RANGE_REGION_SCHOOLS, RANGE_FRESH };

struct step {
	enum query query;
	int params;
};

static const struct step locks[] = {
	{ QUERY_IMPORT_TURNS, THE_RANGE },
	{ QUERY_IMPORT_COUNTY_TURNS, THE_RANGE },
	{ QUERY_IMPORT_LOCK_REGION, THE_RANGE },
};

static const struct step checks[] = {
	{ QUERY_IMPORT_FIND_SCHOOL, RANGE_REGION_SCHOOLS },
	{ QUERY_IMPORT_ANALYZE_MARKS, NO_PARAMS },
	{ QUERY_IMPORT_FIND_COUNTY_REPORT, THE_RANGE },
};

static const struct step report_checks[] = {
	{ QUERY_IMPORT_FIND_REPORT, RANGE_REGION },
	{ QUERY_IMPORT_ANALYZE_MARKS, NO_PARAMS },
};

static const struct step notes[] = {
	{ QUERY_IMPORT_NOTE_ERRORS, NO_PARAMS },
	{ QUERY_IMPORT_NOTE_STAGES, COLUMNS },
};

static const struct step writes[] = {
	{ QUERY_IMPORT_PUT_REGION, THE_KEY },
	{ QUERY_IMPORT_TOUCH, RANGE_FRESH },
	{ QUERY_IMPORT_OPEN_PERIOD, NO_PARAMS },
	{ QUERY_IMPORT_LOCK_PERIOD, NO_PARAMS },
	{ QUERY_IMPORT_BUMP, NO_PARAMS },
	{ QUERY_IMPORT_SCHOOL_HISTORY, THE_KEY },
	{ QUERY_IMPORT_SCHOOL_UPDATE, THE_KEY },
	{ QUERY_IMPORT_SCHOOL_INSERT, THE_KEY },
	{ QUERY_IMPORT_REPORT_HISTORY, THE_KEY },
	{ QUERY_IMPORT_REPORT_UPDATE, THE_KEY },
	{ QUERY_IMPORT_REPORT_INSERT, THE_KEY },
	{ QUERY_IMPORT_COUNTY_REPORT_HISTORY, THE_KEY },
	{ QUERY_IMPORT_COUNTY_REPORT_PUT, THE_KEY },
	{ QUERY_IMPORT_STALE, NO_PARAMS },
	{ QUERY_IMPORT_RETARGET, NO_PARAMS },
	{ QUERY_IMPORT_TELL, NO_PARAMS },
};

static void step_params(const struct merge *m, const struct range *range, int takes,
			struct params *out)
{
	params_init(out);
	if (takes == THE_KEY)
		params_int_or(out, m->job->key, 0);
	if (takes == COLUMNS)
		params_bool(out, m->job->columns);
	if (takes >= THE_RANGE) {
		params_text(out, range->from);
		params_text(out, range->to);
	}
	if (takes == RANGE_REGION || takes == RANGE_REGION_SCHOOLS)
		params_text(out, m->job->region);
	if (takes == RANGE_REGION_SCHOOLS)
		params_int(out, COUNTY_SCHOOLS_MAX);
	if (takes == RANGE_FRESH)
		params_bool(out, m->fresh > 0);
}

static enum err run_steps(const struct merge *m, const struct range *range,
			  const struct step *steps, size_t n, struct err_info *info)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		struct params p;

		step_params(m, range, steps[i].params, &p);
		e = stage_run(m->st, steps[i].query, &p, NULL, info);
	}
	return e;
}

/* What is wrong with the try, and not with a row: all of it once more. */
static enum err once_more(struct merge *m, const char *why, struct err_info *info)
{
	m->st->conn.again = true;
	return err_set(info, ERR_BUSY, "%s", why);
}

static enum err count(struct merge *m, struct import_counts *out, struct err_info *info)
{
	PGresult *auto_result result = NULL;
	struct row r;
	enum err e = stage_run(m->st, QUERY_IMPORT_COUNT, NULL, &result, info);

	if (e != ERR_OK)
		return e;
	r = row_at(result, 0);
	out->created += row_int(&r);
	out->updated += row_int(&r);
	out->unchanged += row_int(&r);
	out->rejected += row_int(&r);
	m->moved = row_int(&r) > 0;
	e = row_end(&r, info);
	if (e == ERR_OK && m->moved)
		return once_more(m, "a school moves to another county at this time", info);
	return e;
}

/* Something is wrong with a row, or it is there already: with marks, then. */
static enum err not_fresh(struct merge *m, struct err_info *info)
{
	m->marked = true;
	return once_more(m, "not all reports are new", info);
}

/* Whether the range's reports can be written without a look at each: a file of a new period is as
 * large as the nation, and marking its rows costs as much as writing them. Without the counties'
 * turns: a report that comes in between is found when it is there twice. */
static enum err look_if_fresh(struct merge *m, const struct range *range, struct err_info *info)
{
	PGresult *auto_result result = NULL;
	struct params p;
	struct row r;
	enum err e;

	m->fresh = 0;
	if (m->marked || m->job->dry_run || m->job->spoilt)
		return ERR_OK;
	step_params(m, range, THE_RANGE, &p);
	e = stage_run(m->st, QUERY_IMPORT_FRESH, &p, &result, info);
	if (e != ERR_OK)
		return e;
	r = row_at(result, 0);
	m->fresh = row_int(&r);
	return row_end(&r, info);
}

static enum err check(struct merge *m, const struct range *range, struct import_counts *out,
		      struct err_info *info)
{
	const int64_t refused = out->rejected;
	enum err e = ERR_OK;

	if (range->first)
		e = stage_run(m->st, QUERY_IMPORT_FIND_REGION, NULL, NULL, info);
	if (e == ERR_OK)
		e = run_steps(m, range, checks, ARRAY_LEN(checks), info);
	if (e == ERR_OK && !m->fresh)
		e = run_steps(m, range, report_checks, ARRAY_LEN(report_checks), info);
	if (e == ERR_OK)
		e = count(m, out, info);
	if (e == ERR_OK && m->fresh && out->rejected > refused)
		return not_fresh(m, info);
	out->created += m->fresh;
	if (e == ERR_OK && out->rejected > refused)
		e = run_steps(m, range, notes, ARRAY_LEN(notes), info);
	return e;
}

/* Tells what the transaction changed; its monitors' sweep would find it, too. */
static void tell(const struct merge *m, const PGresult *changed)
{
	for (int i = 0; i < PQntuples(changed); i++) {
		struct write_result w = { .changed = true };
		struct row r = row_at(changed, i);

		row_text(&r, w.county, sizeof(w.county));
		row_text(&r, w.period, sizeof(w.period));
		w.version = row_int(&r);
		m->job->changed(&w, m->job->context);
	}
}

static enum err write_fresh(struct merge *m, const struct range *range, struct err_info *info)
{
	PGresult *auto_result result = NULL;
	int64_t written = 0;
	struct params p;
	enum err e;

	params_init(&p);
	params_int_or(&p, m->job->key, 0);
	params_text(&p, range->from);
	params_text(&p, range->to);
	params_text(&p, m->job->region);
	e = stage_run(m->st, QUERY_IMPORT_REPORT_FRESH, &p, &result, info);
	if (e != ERR_OK && str_equal(m->st->conn.sqlstate, UNIQUE_VIOLATION))
		return not_fresh(m, info);
	if (e != ERR_OK)
		return e;
	if (!str_to_int64(PQcmdTuples(result), &written) || written != m->fresh)
		return not_fresh(m, info);
	return ERR_OK;
}

static enum err write_range(struct merge *m, const struct range *range,
			    const struct import_counts *counts, struct err_info *info)
{
	PGresult *auto_result changed = NULL;
	enum err e = run_steps(m, range, writes, ARRAY_LEN(writes), info);

	if (e == ERR_OK && m->fresh)
		e = write_fresh(m, range, info);
	if (e == ERR_OK)
		e = stage_run(m->st, QUERY_IMPORT_CHANGED, NULL, &changed, info);
	if (e == ERR_OK && m->job->atomic) {
		e = stage_end(m->st, "done", counts, "", "", info);
		*m->finished = e == ERR_OK;
	}
	if (e == ERR_OK)
		e = stage_run(m->st, QUERY_TXN_COMMIT, NULL, NULL, info);
	if (e == ERR_OK)
		tell(m, changed);
	else
		*m->finished = false;
	return e;
}

static enum err begin(const struct merge *m, const struct range *range, struct err_info *info)
{
	enum err e = stage_run(m->st, QUERY_TXN_BEGIN, NULL, NULL, info);

	if (e == ERR_OK && m->job->atomic && m->counts->rows > MANY_ROWS)
		e = stage_run(m->st, QUERY_IMPORT_MANY, NULL, NULL, info);
	return e == ERR_OK && !m->job->dry_run ? run_steps(m, range, locks, ARRAY_LEN(locks), info)
					       : e;
}

static enum err run_all(const struct merge *m, const enum query *queries, size_t n,
			struct err_info *info)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = stage_run(m->st, queries[i], NULL, NULL, info);
	return e;
}

/* Outside the transaction, which may be undone: whose turns it takes, and how it looks at reports.
 */
static enum err prepare(struct merge *m, const struct range *range, struct err_info *info)
{
	static const struct step follow = { QUERY_IMPORT_FOLLOW, THE_RANGE };
	enum err e = m->moved ? run_steps(m, range, &follow, 1, info) : ERR_OK;

	m->moved = false;
	if (e == ERR_OK)
		e = look_if_fresh(m, range, info);
	if (e == ERR_OK && !m->fresh && !m->known)
		e = stage_run(m->st, QUERY_IMPORT_FIND_TWICE_REPORT, NULL, NULL, info);
	m->known |= e == ERR_OK && !m->fresh;
	return e;
}

/* One transaction. When nothing is to be written it is committed for what it noted in the
 * session's own tables. */
static enum err try_range(struct merge *m, const struct range *range, struct err_info *info)
{
	const struct stage_job *job = m->job;
	struct import_counts counts = *m->counts;
	enum err e = prepare(m, range, info);

	if (e == ERR_OK)
		e = begin(m, range, info);
	if (e == ERR_OK)
		e = check(m, range, &counts, info);
	if (e == ERR_OK && !job->goes_on(&counts, job->context))
		e = err_set(info, ERR_CONFLICT, "stopped");
	if (e == ERR_OK && !job->dry_run && !(job->atomic && (counts.rejected || job->spoilt)))
		e = write_range(m, range, &counts, info);
	else if (e == ERR_OK)
		e = stage_run(m->st, QUERY_TXN_COMMIT, NULL, NULL, info);
	if (e == ERR_OK)
		*m->counts = counts;
	return e;
}

/* A lost race, a school that somebody else made or moved at the same time: all of it once more. */
static enum err merge_range(struct merge *m, const struct range *range, struct err_info *info)
{
	enum err e = ERR_OK;

	m->marked = false;
	for (int i = 0; i < TRIES; i++) {
		bool again;

		e = try_range(m, range, info);
		again = m->st->conn.again || str_equal(m->st->conn.sqlstate, UNIQUE_VIOLATION);
		m->st->conn.again = false;
		m->st->conn.sqlstate[0] = '\0';
		if (e == ERR_OK || m->st->conn.broken)
			return e;
		IGNORE(stage_run(m->st, QUERY_TXN_ROLLBACK, NULL, NULL, NULL),
		       "the next statement tells");
		if (!again)
			return e;
	}
	return e;
}

/* Begun anew, it would count as unchanged what it has written itself: it is not given up easily. */
static enum err be_patient(const struct merge *m, struct err_info *info)
{
	return m->job->patience_ms ? stage_patience(m->st, STAGE_PATIENCE_MS, info) : ERR_OK;
}

/* Counties in turns, each some TURN_ROWS rows. Which those are is settled before the first: a
 * school that moves to a county whose turn is over is not forgotten. */
static enum err merge_turns(struct merge *m, struct err_info *info)
{
	static const enum query indexes[] = { QUERY_IMPORT_PLACE_INDEX, QUERY_IMPORT_REPORT_INDEX };
	PGresult *auto_result counties = NULL;
	struct range range = { .from = "", .to = AFTER_ALL, .first = true };
	int64_t rows = 0;
	enum err e = run_all(m, indexes, ARRAY_LEN(indexes), info);

	if (e == ERR_OK)
		e = stage_run(m->st, QUERY_IMPORT_COUNTIES, NULL, &counties, info);
	for (int i = 0; e == ERR_OK && i < PQntuples(counties); i++) {
		struct row r = row_at(counties, i);
		const char *county = row_borrow(&r);

		if (rows >= TURN_ROWS) {
			str_copy(range.to, sizeof(range.to), county);
			e = merge_range(m, &range, info);
			if (e == ERR_OK && range.first)
				e = be_patient(m, info);
			str_copy(range.from, sizeof(range.from), county);
			range.first = false;
			rows = 0;
		}
		rows += row_int(&r);
	}
	str_copy(range.to, sizeof(range.to), AFTER_ALL);
	return e == ERR_OK ? merge_range(m, &range, info) : e;
}

enum err stage_merge(struct staging *st, const struct stage_job *job, struct import_counts *counts,
		     bool *ret_finished, struct err_info *info)
{
	static const enum query before[] = { QUERY_IMPORT_FIND_TWICE, QUERY_IMPORT_FIND_PLACE,
					     QUERY_IMPORT_FIND_COUNTY, QUERY_IMPORT_ANALYZE };
	struct merge m = { .st = st, .job = job, .counts = counts, .finished = ret_finished };
	const struct range all = { .from = "", .to = AFTER_ALL, .first = true };
	enum err e;

	*ret_finished = false;
	e = job->patience_ms ? stage_patience(st, job->patience_ms, info) : ERR_OK;
	if (e == ERR_OK)
		e = run_all(&m, before, ARRAY_LEN(before), info);
	if (e == ERR_OK && job->spoilt)
		e = stage_run(st, QUERY_IMPORT_NOTE_TWICE, NULL, NULL, info);
	if (e != ERR_OK)
		return e;
	return job->atomic ? merge_range(&m, &all, info) : merge_turns(&m, info);
}

/* --- errors, and the end ------------------------------------------------------------------ */

enum err stage_error_rows(struct staging *st, int64_t **ret_rows, size_t *ret_n,
			  struct err_info *info)
{
	PGresult *auto_result result = NULL;
	auto_free int64_t *rows = NULL;
	struct params p;
	enum err e;

	params_init(&p);
	params_int(&p, IMPORT_ERRORS_KEPT);
	e = stage_run(st, QUERY_IMPORT_ERROR_ROWS, &p, &result, info);
	if (e != ERR_OK)
		return e;
	rows = calloc((size_t)PQntuples(result) + 1, sizeof(*rows));
	if (!rows)
		return err_set(info, ERR_NOMEM, "no memory for rows");
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);

		rows[i] = row_int(&r);
	}
	*ret_n = (size_t)PQntuples(result);
	*ret_rows = STEAL(rows);
	return ERR_OK;
}

enum err stage_name_cells(struct staging *st, int64_t sheet_rows, struct err_info *info)
{
	struct params p;
	enum err e;

	params_init(&p);
	params_int(&p, sheet_rows);
	e = stage_run(st, QUERY_IMPORT_NAME_CELLS, &p, NULL, info);
	return e == ERR_OK ? stage_run(st, QUERY_IMPORT_NAME_JOINED, &p, NULL, info) : e;
}

enum err stage_end(struct staging *st, const char *state, const struct import_counts *counts,
		   const char *header, const char *failure, struct err_info *info)
{
	PGresult *auto_result result = NULL;
	struct params job, finish, errors;
	enum err e;

	params_init(&job);
	params_int(&job, st->job);
	params_init(&errors);
	params_int(&errors, st->job);
	params_int(&errors, IMPORT_ERRORS_KEPT);
	params_init(&finish);
	params_int(&finish, st->job);
	params_text(&finish, state);
	params_int(&finish, counts->rows);
	params_int(&finish, counts->created);
	params_int(&finish, counts->updated);
	params_int(&finish, counts->unchanged);
	params_int(&finish, counts->rejected);
	params_text(&finish, header);
	params_text(&finish, failure);
	e = stage_run(st, QUERY_IMPORT_FINISH, &finish, &result, info);
	if (e == ERR_OK && !PQntuples(result))
		return err_set(info, ERR_CONFLICT, "the job is not ours any more");
	if (e == ERR_OK)
		e = stage_run(st, QUERY_IMPORT_KEEP_ERRORS, &errors, NULL, info);
	if (e == ERR_OK)
		e = stage_run(st, QUERY_IMPORT_KEEP_LINES, &job, NULL, info);
	if (e == ERR_OK)
		e = stage_run(st, QUERY_IMPORT_PARTS_DROP, &job, NULL, info);
	return e;
}

enum err stage_finish(struct staging *st, const char *state, const struct import_counts *counts,
		      const char *header, const char *failure, struct err_info *info)
{
	enum err e = stage_run(st, QUERY_TXN_BEGIN, NULL, NULL, info);

	if (e == ERR_OK)
		e = stage_end(st, state, counts, header, failure, info);
	return e == ERR_OK ? stage_run(st, QUERY_TXN_COMMIT, NULL, NULL, info) : e;
}
