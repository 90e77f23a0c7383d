/* SPDX-License-Identifier: Apache-2.0 */
#include "api/import_workbook.h"

#include <string.h>

#include "api/handlers.h"
#include "api/import_view.h"
#include "api/unpack.h"
#include "base/str.h"
#include "domain/day.h"

void import_book_release(struct import_book *book)
{
	import_xlsx_free(book->xlsx);
	buf_release(&book->bytes);
}

bool import_is_workbook(const struct import_job *job)
{
	return str_equal(job->format, "xlsx");
}

void import_last_period(char out[PERIOD_CODE])
{
	day_year_text(day_of(call_last_year(), 1, 1), out);
}

/* --- opening ------------------------------------------------------------------------------ */

static enum err collect(const char *data, size_t len, void *context, struct err_info *info)
{
	struct buf *out = context;

	buf_add(out, data, len);
	if (!buf_failed(out))
		return ERR_OK;
	return err_set(info, out->err, "工作簿最多 %u 字节 / a workbook has at most %u bytes",
		       WORKBOOK_BYTES, WORKBOOK_BYTES);
}

static enum err read_parts(struct api *api, const struct import_job *job, struct buf *out,
			   struct err_info *info)
{
	enum err e = ERR_OK;

	buf_init(out, WORKBOOK_BYTES);
	if (!job->parts)
		return err_set(info, ERR_NOT_FOUND, "还没有分片 / there are no parts yet");
	for (int n = 1; n <= job->parts && e == ERR_OK; n++) {
		auto_free char *bytes = NULL;
		bool gzip = false;
		size_t len = 0;

		e = store_import_part_get(api->store, job->id, n, &gzip, &bytes, &len, info);
		if (e == ERR_OK)
			e = unpack(gzip, bytes, len, collect, out, info);
	}
	return e;
}

enum err import_book_open(struct api *api, const struct import_job *job, const char *choices,
			  import_standard *standard, void *context, struct import_book *out,
			  struct problems *problems, struct err_info *info)
{
	char last[PERIOD_CODE];
	const struct import_xlsx_options options = { .last_period = last,
						     .period = job->period,
						     .choices = choices,
						     .standard = standard,
						     .context = context };
	enum err e = read_parts(api, job, &out->bytes, info);

	import_last_period(last);
	return e == ERR_OK ? import_xlsx_open(out->bytes.data, out->bytes.len, &options, &out->xlsx,
					      problems, info)
			   : e;
}

void import_book_letters(const struct import_book *book, struct buf *out)
{
	const size_t n = import_xlsx_columns(book->xlsx);

	for (size_t i = 0; i < n; i++) {
		char name[SHEET_CELL_NAME];

		sheet_cell_name(1, i, name, sizeof(name));
		buf_printf(out, "%s%.*s", i ? "," : "", (int)strlen(name) - 1, name);
	}
}

/* --- requests ----------------------------------------------------------------------------- */

enum err import_book_refused(struct call *c, enum err e)
{
	struct err_info why = c->info;

	if (e != ERR_MALFORMED)
		return e;
	return err_at(&c->info, ERR_INVALID, "", why.reason[0] ? why.reason : "damaged", "%s",
		      why.text);
}

static enum err open_for(struct call *c, const struct import_job *job, const char *choices,
			 struct import_book *out)
{
	/* Of choices that are no JSON, a request's own words are right. */
	const enum err e =
		import_book_open(c->api, job, choices, NULL, NULL, out, &c->problems, &c->info);

	return out->bytes.len && choices[0] && !c->info.reason[0] ? e : import_book_refused(c, e);
}

static enum err map(struct call *c, const struct import_job *job, struct buf *out)
{
	struct import_book auto_import_book book = { .xlsx = NULL };
	const enum err e = open_for(c, job, "", &book);

	if (e == ERR_OK)
		import_xlsx_write_mapping(book.xlsx, out);
	return e;
}

static enum err check(struct call *c, const struct import_job *job, const char *choices)
{
	struct import_book auto_import_book book = { .xlsx = NULL };
	const enum err e = open_for(c, job, choices, &book);

	if (e != ERR_OK)
		return e;
	return import_xlsx_is_settled(book.xlsx, &c->problems, NULL) ? ERR_OK : ERR_INVALID;
}

bool import_book_enter(struct call *c)
{
	return atomic_fetch_add(&c->api->workbooks, 1) < WORKBOOKS_OPEN;
}

void import_book_leave(struct call *c)
{
	atomic_fetch_sub(&c->api->workbooks, 1);
}

enum err import_book_map(struct call *c, const struct import_job *job, struct buf *out)
{
	enum err e = ERR_BUSY;

	if (import_book_enter(c))
		e = map(c, job, out);
	import_book_leave(c);
	return e;
}

enum err import_book_check(struct call *c, const struct import_job *job, const char *choices)
{
	enum err e = ERR_BUSY;

	if (import_book_enter(c))
		e = check(c, job, choices);
	import_book_leave(c);
	return e;
}

/* Before its commit, what it would be taken for; then what it was. */
enum err import_mapping_get(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	auto_import_texts struct import_texts texts = { .choices = NULL };
	enum err e = import_load(c, &job);

	if (e != ERR_OK)
		return e;
	if (import_is_workbook(&job) && str_equal(job.state, "receiving"))
		return import_book_map(c, &job, &c->rp->body);
	e = store_import_texts(c->api->store, job.id, &texts, &c->info);
	if (e != ERR_OK)
		return e;
	if (!texts.mapping[0])
		return err_set(&c->info, ERR_NOT_FOUND,
			       "不是工作簿,或尚未读取 / it is no workbook, or was not read yet");
	buf_str(&c->rp->body, texts.mapping);
	return ERR_OK;
}
