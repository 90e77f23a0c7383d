/* SPDX-License-Identifier: Apache-2.0 */
#include "api/import_look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/import_workbook.h"
#include "base/str.h"
#include "store/reports.h"
#include "store/standards.h"
#include "json/import_rows.h"

struct look {
	struct api *api;
	const struct import_job *job;
	struct import_rows *rows;
	struct problems problems;
	enum err lookup;                 /* why something that a row is checked by was not had */
	const struct standard *standard; /* of the county and period that were asked for last */
	char county[COUNTY_CODE];
	char period[PERIOD_CODE];
};

static const char *const this_row[] = { "该行", "this row" };

/* Whether it is there. A database that does not answer says nothing of the row: see on_record(). */
static bool found(struct look *look, enum err e)
{
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		look->lookup = e;
	return e == ERR_OK;
}

const struct standard *look_standard(const char *county, const char *period, void *context)
{
	struct look *look = context;

	if (look->standard && str_equal(look->county, county) && str_equal(look->period, period))
		return look->standard;
	standard_release(look->standard);
	look->standard = NULL;
	if (!found(look,
		   store_standard_for(look->api->store, county, period, &look->standard, NULL)))
		return NULL;
	str_copy(look->county, sizeof(look->county), county);
	str_copy(look->period, sizeof(look->period), period);
	return look->standard;
}

/* What the standard of the school's county has schools report; what is stored already stays. */
static void check_declared(struct look *look, const struct import_row *row)
{
	const struct standard *standard = NULL;
	struct stored_report stored;
	struct school school;

	if (!row->report.declared_n)
		return;
	if (!found(look, store_school_get(look->api->store, row->code, &school, NULL, NULL))) {
		problems_add(
			&look->problems, "/declared", "unknown_school",
			"自定数据须待学校登记后填报 / declared figures are for schools that are "
			"there already");
		return;
	}
	standard = look_standard(school.county, row->period, look);
	if (found(look,
		  store_report_get(look->api->store, row->period, row->code, &stored, NULL)) &&
	    report_equal(&stored.report, &row->report))
		return;
	if (!standard)
		problems_add(&look->problems, "/declared", "not_allowed",
			     "该学年没有适用的标准,不能填报自定数据 / no standard judges this "
			     "period, and so none declares a figure");
	else
		IGNORE(json_check_declared(&row->report, standard, &look->problems),
		       "the problems tell");
}

/* What the key may write; a report's school is looked up with all others. */
static void check_access(struct look *look, const struct import_row *row)
{
	const char *code = row->type == IMPORT_REGION   ? row->code
			   : row->type == IMPORT_SCHOOL ? row->school.county
							: row->county;

	if (row->type == IMPORT_REPORT)
		return;
	if (row->type == IMPORT_REGION && look->job->role < ROLE_ADMIN)
		problems_add(
			&look->problems, "/type", "beyond_role",
			"地区须由 admin 密钥写入 / regions are written with a key of role admin");
	if (!region_covers(look->job->region, code, ""))
		problems_add(&look->problems, row->type == IMPORT_REGION ? "/code" : "/county",
			     "beyond_region", "超出密钥的地区 / beyond the key's region");
}

static enum err stage_row(struct stage_rows *rows, const struct import_row *row,
			  struct err_info *info)
{
	struct region region = { .version = 0 };

	switch (row->type) {
	case IMPORT_REGION:
		str_copy(region.code, sizeof(region.code), row->code);
		str_copy(region.name, sizeof(region.name), row->region.name);
		str_copy(region.targets, sizeof(region.targets), row->region.targets);
		str_copy(region.recognised, sizeof(region.recognised), row->region.recognised);
		return stage_region(rows, row->row, &region, info);
	case IMPORT_SCHOOL:
		return stage_school(rows, row->row, &row->school, info);
	case IMPORT_REPORT:
		return stage_report(rows, row->row, row->county, row->period, row->code,
				    &row->report, info);
	case IMPORT_COUNTY_REPORT:
		return stage_county_report(rows, row->row, row->county, row->period,
					   row->document.data, info);
	}
	return ERR_DB;
}

/* Those that are not kept each: that there are more is told. where: "zh / en" in two texts. */
static enum err stage_more(const struct look *look, int64_t row, const char *const where[2],
			   struct crew_out *out, struct err_info *info)
{
	const size_t more = look->problems.more;
	char detail[200];

	if (!more)
		return ERR_OK;
	if (snprintf(detail, sizeof(detail), "%s还有 %zu 处错误 / %zu more mistakes in %s",
		     where[0], more, more, where[1]) < 0)
		return ERR_NOMEM;
	return stage_error(out->rows, row, PROBLEMS_MAX + 1, "", "too_many", detail, info);
}

/* numbers: of a workbook, the row of each; else NULL. */
static enum err stage_problems(const struct look *look, int64_t row, const int64_t *numbers,
			       const char *const where[2], struct crew_out *out,
			       struct err_info *info)
{
	enum err e = ERR_OK;

	out->counts.rejected++;
	out->mistakes += (int64_t)look->problems.n + (look->problems.more > 0);
	for (size_t i = 0; i < look->problems.n && e == ERR_OK; i++) {
		const struct problem *p = &look->problems.items[i];

		e = stage_error(out->rows, numbers ? numbers[i] : row, (int)i + 1, p->pointer,
				p->code, p->detail, info);
	}
	return e == ERR_OK ? stage_more(look, row, where, out, info) : e;
}

/* So that it is told, too, when the file has it twice. */
static enum err stage_key(struct stage_rows *rows, int64_t row, const struct import_key *key,
			  struct err_info *info)
{
	static const char *const types[] = { [IMPORT_REGION] = "region",
					     [IMPORT_SCHOOL] = "school",
					     [IMPORT_REPORT] = "report",
					     [IMPORT_COUNTY_REPORT] = "county_report" };

	return stage_refused(rows, row, types[key->type], key->code, key->period, info);
}

enum err look_new(struct api *api, const struct import_job *job, struct look **ret_look,
		  struct err_info *info)
{
	struct look *look = calloc(1, sizeof(*look));
	char last[PERIOD_CODE];
	enum err e;

	if (!look)
		return err_set(info, ERR_NOMEM, "no memory for an import");
	look->api = api;
	look->job = job;
	import_last_period(last);
	e = import_rows_new(import_format_of(job), last, look_standard, look, &look->rows);
	if (e != ERR_OK) {
		free(look);
		return err_set(info, e, "no memory for an import");
	}
	*ret_look = look;
	return ERR_OK;
}

void look_free(struct look *look)
{
	if (!look)
		return;
	import_rows_free(look->rows);
	standard_release(look->standard);
	free(look);
}

enum import_format import_format_of(const struct import_job *job)
{
	return str_equal(job->format, "csv") ? IMPORT_CSV : IMPORT_NDJSON;
}

/* What is not in the row itself. */
static enum err check_row(struct look *look, const struct import_row *row, struct err_info *info)
{
	if (row) {
		check_access(look, row);
		check_declared(look, row);
	}
	return look->lookup == ERR_OK ? ERR_OK
				      : err_set(info, look->lookup, "%s", err_text(look->lookup));
}

/* Whether a mistake of the next record may be one of those that are kept, which are the first.
 * Behind them a row that is refused only counts, whatever it is about: that the file has that twice
 * would be told of this row, or of one behind it. So what a file makes PostgreSQL hold is bounded
 * by its rows, not by their mistakes. */
static bool is_told(const struct crew_out *out)
{
	return out->before + out->mistakes < IMPORT_ERRORS_KEPT;
}

enum err look_at_record(const struct file_record *record, void *context, struct crew_out *out,
			struct err_info *info)
{
	struct look *look = context;
	struct import_row *row = NULL;
	struct import_key key;
	enum err e = import_rows_read(look->rows, record, &row, &look->problems, info);

	if (e == ERR_MALFORMED) {
		const enum err noted = stage_problems(look, record->row, NULL, this_row, out, info);

		return noted == ERR_OK ? err_set(info, e, "表头有误 / the header is wrong") : noted;
	}
	if (e != ERR_OK && e != ERR_INVALID)
		return err_set(info, e, "%s", err_text(e));
	if (e == ERR_OK && !row)
		return ERR_OK;
	out->counts.rows++;
	e = check_row(look, row, info);
	if (e != ERR_OK)
		return e;
	if (!look->problems.n)
		return stage_row(out->rows, row, info);
	if (!is_told(out)) {
		out->counts.rejected++;
		return ERR_OK;
	}
	e = stage_problems(look, record->row, NULL, this_row, out, info);
	if (e != ERR_OK || !import_rows_key(look->rows, &key))
		return e;
	return stage_key(out->rows, record->row, &key, info);
}

/* With its rows on other sheets. */
static enum err stage_sheet_row(const struct import_xlsx *x, const struct import_row *row,
				struct crew_out *out, struct err_info *info)
{
	int64_t others[WORKBOOK_SHEETS];
	const size_t n = import_xlsx_others(x, row->row, others);
	enum err e = stage_row(out->rows, row, info);

	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = stage_joined(out->rows, row->row, others[i], info);
	return e;
}

enum err look_at_sheet_row(struct look *look, const struct import_xlsx *x, int64_t number,
			   const struct import_row *row, const struct problems *problems,
			   struct crew_out *out, struct err_info *info)
{
	int64_t numbers[PROBLEMS_MAX];
	struct import_key key;
	enum err e;

	look->problems = *problems;
	out->counts.rows += !import_xlsx_again(x);
	e = check_row(look, row, info);
	if (e != ERR_OK)
		return e;
	if (!look->problems.n)
		return stage_sheet_row(x, row, out, info);
	if (!is_told(out)) {
		out->counts.rejected += !import_xlsx_again(x);
		return ERR_OK;
	}
	import_xlsx_name_cells(x, &look->problems, numbers);
	e = stage_problems(look, number, numbers, this_row, out, info);
	out->counts.rejected -= import_xlsx_again(x);
	if (e != ERR_OK || !import_xlsx_key(x, &key))
		return e;
	return stage_key(out->rows, number, &key, info);
}

enum err look_stage_problems(struct look *look, const struct problems *problems,
			     const int64_t numbers[PROBLEMS_MAX], struct crew_out *out,
			     struct err_info *info)
{
	static const char *const headings[] = { "表头", "the headings" };

	look->problems = *problems;
	return stage_problems(look, 1, numbers, headings, out, info);
}
