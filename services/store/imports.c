/* SPDX-License-Identifier: Apache-2.0 */
#include "store/imports.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/pool.h"
#include "store/row.h"

void import_job_release(struct import_job *job)
{
	free(job->header);
	job->header = NULL;
}

void import_errors_release(struct import_errors *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].line);
	free(list->items);
	*list = (struct import_errors){ .items = NULL };
}

/* One statement with its parameters, and what reads its result. */
struct ask {
	enum query query;
	struct params params;
	enum err (*read)(const PGresult *result, void *out, struct err_info *info);
	void *out;
};

static enum err ask_work(struct conn *c, void *context, struct err_info *info)
{
	const struct ask *a = context;
	struct batch auto_batch b = { .n = 0 };
	const enum err e = store_query(c, &b, a->query, &a->params, info);

	return e ? e : a->read(batch_result(&b, 0), a->out, info);
}

static struct ask ask_of(enum query query,
			 enum err (*read)(const PGresult *, void *, struct err_info *), void *out)
{
	struct ask a = { .query = query, .read = read, .out = out };

	params_init(&a.params);
	return a;
}

static enum err read_id(const PGresult *result, void *out, struct err_info *info)
{
	struct row r = row_at(result, 0);

	*(int64_t *)out = row_int(&r);
	return row_end(&r, info);
}

enum err store_import_open(struct store *store, const struct import_job *job, int64_t *ret_id,
			   struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_OPEN, read_id, ret_id);

	params_int_or(&a.params, job->key, 0);
	params_int(&a.params, job->role);
	params_text(&a.params, job->region);
	params_text(&a.params, job->format);
	params_bool(&a.params, job->atomic);
	params_bool(&a.params, job->dry_run);
	params_text(&a.params, job->period);
	return store_run(store, ask_work, &a, info);
}

struct part_put {
	struct params turn;
	struct params put;
};

enum { PART_BEGIN, PART_TURN, PART_PUT, PART_COMMIT };

/* state: of the job that took no part. */
static enum err part_refused(const char *state, struct err_info *info)
{
	if (str_equal(state, "queued") || str_equal(state, "running"))
		return err_set(info, ERR_CONFLICT,
			       "该导入已提交,不再接收分片 / the import was committed: it takes no "
			       "more parts");
	if (!str_equal(state, "receiving"))
		return err_set(info, ERR_CONFLICT,
			       "导入已结束,不再接收分片 / the import has ended: it takes no more "
			       "parts");
	return err_set(info, ERR_CONFLICT,
		       "一个导入最多 %d 片、%lld 字节 / an import has at most %d parts and %lld "
		       "bytes",
		       IMPORT_PARTS_MAX, IMPORT_BYTES_MAX, IMPORT_PARTS_MAX, IMPORT_BYTES_MAX);
}

static enum err part_put_work(struct conn *c, void *context, struct err_info *info)
{
	const struct part_put *p = context;
	struct batch auto_batch b = { .n = 0 };
	struct row turn;
	enum err e;

	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_IMPORT_PART_TURN, &p->turn);
	batch_add(&b, QUERY_IMPORT_PART_PUT, &p->put);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	e = batch_run(&b, info);
	if (e != ERR_OK || PQntuples(batch_result(&b, PART_PUT)))
		return e;
	if (!PQntuples(batch_result(&b, PART_TURN)))
		return err_set(info, ERR_NOT_FOUND, "没有该导入 / no such import");
	turn = row_at(batch_result(&b, PART_TURN), 0);
	return part_refused(row_borrow(&turn), info);
}

enum err store_import_part_put(struct store *store, int64_t id, int n,
			       const unsigned char sha256[IMPORT_SHA256], bool gzip,
			       const char *bytes, size_t len, struct err_info *info)
{
	const size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
	auto_free char *text = malloc(size);
	struct part_put p;
	char hash[2 * IMPORT_SHA256 + 1];

	if (!text)
		return err_set(info, ERR_NOMEM, "no memory for a part");
	sodium_bin2base64(text, size, (const unsigned char *)bytes, len,
			  sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2hex(hash, sizeof(hash), sha256, IMPORT_SHA256);
	params_init(&p.turn);
	params_int(&p.turn, id);
	params_init(&p.put);
	params_int(&p.put, id);
	params_int(&p.put, n);
	params_text(&p.put, hash);
	params_bool(&p.put, gzip);
	params_text(&p.put, text);
	params_int(&p.put, IMPORT_PARTS_MAX);
	params_int(&p.put, IMPORT_BYTES_MAX);
	return store_run(store, part_put_work, &p, info);
}

static enum err read_commit(const PGresult *result, void *out, struct err_info *info)
{
	(void)info;
	*(bool *)out = PQntuples(result) > 0;
	return ERR_OK;
}

static enum err read_missing(const PGresult *result, void *out, struct err_info *info)
{
	struct row r = row_at(result, 0);
	const char *state, *part;

	(void)out;
	if (!PQntuples(result))
		return err_set(info, ERR_NOT_FOUND, "没有该导入 / no such import");
	state = row_borrow(&r);
	part = row_borrow(&r);
	if (str_equal(state, "receiving"))
		return err_set(info, ERR_CONFLICT, "缺少分片 %s / part %s is missing", part, part);
	return err_set(info, ERR_CONFLICT,
		       "此前已提交或已结束,状态为 %s / it was committed before, or has ended: it "
		       "is %s",
		       state, state);
}

enum err store_import_refuse(struct store *store, int64_t id, struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_MISSING, read_missing, NULL);

	params_int(&a.params, id);
	return store_run(store, ask_work, &a, info);
}

enum err store_import_commit(struct store *store, int64_t id, const char *choices,
			     struct err_info *info)
{
	bool committed = false;
	struct ask a = ask_of(QUERY_IMPORT_COMMIT, read_commit, &committed);
	enum err e;

	params_int(&a.params, id);
	params_text(&a.params, choices);
	e = store_run(store, ask_work, &a, info);
	return e != ERR_OK || committed ? e : store_import_refuse(store, id, info);
}

void import_texts_release(struct import_texts *texts)
{
	free(texts->choices);
	free(texts->mapping);
	*texts = (struct import_texts){ .choices = NULL };
}

static enum err read_texts(const PGresult *result, void *out, struct err_info *info)
{
	auto_import_texts struct import_texts texts = { .choices = NULL };
	struct row r = row_at(result, 0);

	if (!PQntuples(result))
		return err_set(info, ERR_NOT_FOUND, "没有该导入 / no such import");
	texts.choices = strdup(row_borrow(&r));
	texts.mapping = strdup(row_borrow(&r));
	if (!texts.choices || !texts.mapping)
		return err_set(info, ERR_NOMEM, "no memory for an import");
	*(struct import_texts *)out = texts;
	texts = (struct import_texts){ .choices = NULL };
	return row_end(&r, info);
}

enum err store_import_texts(struct store *store, int64_t id, struct import_texts *out,
			    struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_TEXTS, read_texts, out);

	params_int(&a.params, id);
	return store_run(store, ask_work, &a, info);
}

static enum err read_nothing(const PGresult *result, void *out, struct err_info *info)
{
	(void)result;
	(void)out;
	(void)info;
	return ERR_OK;
}

enum err store_import_map(struct store *store, int64_t id, const char *mapping,
			  struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_MAP, read_nothing, NULL);

	params_int(&a.params, id);
	params_text(&a.params, mapping);
	return store_run(store, ask_work, &a, info);
}

static enum err read_cancel(const PGresult *result, void *out, struct err_info *info)
{
	(void)out;
	return PQntuples(result) ? ERR_OK
				 : err_set(info, ERR_CONFLICT, "导入已结束 / the import has ended");
}

enum err store_import_cancel(struct store *store, int64_t id, struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_CANCEL, read_cancel, NULL);
	struct ask drop = ask_of(QUERY_IMPORT_PARTS_DROP, read_cancel, NULL);
	enum err e;

	params_int(&a.params, id);
	params_text(&a.params, IMPORT_CANCELLED);
	params_int(&drop.params, id);
	e = store_run(store, ask_work, &a, info);
	if (e == ERR_OK)
		IGNORE(store_run(store, ask_work, &drop, NULL), "nothing may be left to drop");
	return e;
}

static enum err read_job(const PGresult *result, void *out, struct err_info *info)
{
	struct import_job job = { .id = 0 };
	struct row r = row_at(result, 0);
	const char *header;
	enum err e;

	if (!PQntuples(result))
		return err_set(info, ERR_NOT_FOUND, "没有该导入 / no such import");
	job.id = row_int(&r);
	job.role = (int)row_int(&r);
	row_text(&r, job.region, sizeof(job.region));
	job.key = row_int_or(&r, 0);
	row_text(&r, job.format, sizeof(job.format));
	job.atomic = row_bool(&r);
	job.dry_run = row_bool(&r);
	row_text(&r, job.state, sizeof(job.state));
	job.cancel = row_bool(&r);
	job.parts = (int)row_int(&r);
	job.bytes = row_int(&r);
	job.bytes_done = row_int(&r);
	job.counts.rows = row_int(&r);
	job.counts.created = row_int(&r);
	job.counts.updated = row_int(&r);
	job.counts.unchanged = row_int(&r);
	job.counts.rejected = row_int(&r);
	header = row_borrow(&r);
	row_text(&r, job.failure, sizeof(job.failure));
	row_text(&r, job.period, sizeof(job.period));
	e = row_end(&r, info);
	if (e != ERR_OK)
		return e;
	job.header = strdup(header);
	if (!job.header)
		return err_set(info, ERR_NOMEM, "no memory for an import");
	*(struct import_job *)out = job;
	return ERR_OK;
}

enum err store_import_get(struct store *store, int64_t id, struct import_job *out,
			  struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_GET, read_job, out);

	params_int(&a.params, id);
	return store_run(store, ask_work, &a, info);
}

struct part_bytes {
	bool gzip;
	char *bytes;
	size_t len;
};

static enum err read_part(const PGresult *result, void *out, struct err_info *info)
{
	struct part_bytes *part = out;

	if (!PQntuples(result))
		return err_set(info, ERR_NOT_FOUND, "没有该分片 / no such part");
	part->gzip = *PQgetvalue(result, 0, 0) != 0; /* in binary: see is_binary() */
	part->len = (size_t)PQgetlength(result, 0, 1);
	part->bytes = malloc(part->len + 1);
	if (!part->bytes)
		return err_set(info, ERR_NOMEM, "no memory for a part");
	memcpy(part->bytes, PQgetvalue(result, 0, 1), part->len);
	return ERR_OK;
}

enum err store_import_part_get(struct store *store, int64_t id, int n, bool *ret_gzip,
			       char **ret_bytes, size_t *ret_len, struct err_info *info)
{
	struct part_bytes part = { .bytes = NULL };
	struct ask a = ask_of(QUERY_IMPORT_PART_GET, read_part, &part);
	enum err e;

	params_int(&a.params, id);
	params_int(&a.params, n);
	e = store_run(store, ask_work, &a, info);
	if (e != ERR_OK)
		return e;
	*ret_gzip = part.gzip;
	*ret_bytes = part.bytes;
	*ret_len = part.len;
	return ERR_OK;
}

static enum err read_progress(const PGresult *result, void *out, struct err_info *info)
{
	struct row r = row_at(result, 0);

	if (!PQntuples(result))
		return err_set(info, ERR_CONFLICT, "the job does not run any more");
	*(bool *)out = row_bool(&r);
	return row_end(&r, info);
}

enum err store_import_progress(struct store *store, int64_t id, int64_t bytes_done,
			       const struct import_counts *counts, bool *ret_cancel,
			       struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_PROGRESS, read_progress, ret_cancel);

	params_int(&a.params, id);
	params_int(&a.params, bytes_done);
	params_int(&a.params, counts->rows);
	params_int(&a.params, counts->created);
	params_int(&a.params, counts->updated);
	params_int(&a.params, counts->unchanged);
	params_int(&a.params, counts->rejected);
	return store_run(store, ask_work, &a, info);
}

struct waiting {
	struct import_waiting *jobs;
	int n;
};

static enum err read_waiting(const PGresult *result, void *out, struct err_info *info)
{
	struct waiting *w = out;

	for (w->n = 0; w->n < PQntuples(result) && w->n < IMPORT_WAITING_MAX; w->n++) {
		struct row r = row_at(result, w->n);
		enum err e;

		w->jobs[w->n].id = row_int(&r);
		w->jobs[w->n].cancelled = row_bool(&r);
		e = row_end(&r, info);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

enum err store_import_waiting(struct store *store, int64_t max_bytes, int64_t after,
			      struct import_waiting out[IMPORT_WAITING_MAX], int *ret_n,
			      struct err_info *info)
{
	struct waiting w = { out, 0 };
	struct ask a = ask_of(QUERY_IMPORT_WAITING, read_waiting, &w);
	struct ask expire = ask_of(QUERY_IMPORT_EXPIRE, read_nothing, NULL);
	enum err e;

	params_int(&a.params, max_bytes);
	params_int(&a.params, after);
	params_text(&expire.params, IMPORT_EXPIRED);
	e = store_run(store, ask_work, &expire, info);
	if (e == ERR_OK)
		e = store_run(store, ask_work, &a, info);
	if (e == ERR_OK)
		*ret_n = w.n;
	return e;
}

static enum err read_line(struct row *r, struct import_error *out, struct err_info *info)
{
	if (row_is_null(r)) {
		row_skip(r, 1);
		return ERR_OK;
	}
	out->line = strdup(row_borrow(r));
	return out->line ? ERR_OK : err_set(info, ERR_NOMEM, "no memory for errors");
}

static enum err read_error(const PGresult *result, int i, bool has_line, struct import_error *out,
			   struct err_info *info)
{
	struct row r = row_at(result, i);
	enum err e = ERR_OK;

	out->row = row_int(&r);
	out->nth = (int)row_int(&r);
	row_text(&r, out->pointer, sizeof(out->pointer));
	row_text(&r, out->code, sizeof(out->code));
	row_text(&r, out->detail, sizeof(out->detail));
	if (has_line)
		e = read_line(&r, out, info);
	return e == ERR_OK ? row_end(&r, info) : e;
}

static enum err read_list(const PGresult *result, bool has_lines, struct import_errors *out,
			  struct err_info *info)
{
	auto_import_errors struct import_errors list = { .items = NULL };
	const int n = PQntuples(result);

	list.items = calloc((size_t)n + 1, sizeof(*list.items));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for errors");
	for (int i = 0; i < n; i++) {
		const enum err e = read_error(result, i, has_lines, &list.items[i], info);

		list.n++;
		if (e != ERR_OK)
			return e;
	}
	*out = list;
	list = (struct import_errors){ .items = NULL };
	return ERR_OK;
}

static enum err read_errors(const PGresult *result, void *out, struct err_info *info)
{
	return read_list(result, false, out, info);
}

static enum err read_error_lines(const PGresult *result, void *out, struct err_info *info)
{
	return read_list(result, true, out, info);
}

enum err store_import_errors(struct store *store, int64_t id, int limit, struct import_errors *out,
			     struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_ERRORS, read_errors, out);

	params_int(&a.params, id);
	params_int(&a.params, limit);
	return store_run(store, ask_work, &a, info);
}

enum err store_import_error_lines(struct store *store, int64_t id, int64_t row, int nth, int limit,
				  int64_t bytes, struct import_errors *out, struct err_info *info)
{
	struct ask a = ask_of(QUERY_IMPORT_ERROR_LINES, read_error_lines, out);

	params_int(&a.params, id);
	params_int(&a.params, row);
	params_int(&a.params, nth);
	params_int(&a.params, limit);
	params_int(&a.params, bytes);
	return store_run(store, ask_work, &a, info);
}
