/* SPDX-License-Identifier: Apache-2.0 */
/* Imports: a file in one request, or in numbered parts; and what became of it. */
#include <sodium.h>
#include <string.h>

#include "api/access.h"
#include "api/gzip.h"
#include "api/handlers.h"
#include "api/import_view.h"
#include "api/import_workbook.h"
#include "api/importer.h"
#include "base/str.h"
#include "base/timeutil.h"

#define WAIT_MS 100

/* Another region's import is none. */
enum err import_load(struct call *c, struct import_job *out)
{
	int64_t id = 0;
	enum err e;

	if (!str_to_int64(call_path(c, "id"), &id))
		return ERR_NOT_FOUND;
	e = store_import_get(c->api->store, id, out, &c->info);
	if (e != ERR_OK)
		return e;
	if (str_starts(out->region, c->key.region))
		return ERR_OK;
	return err_set(&c->info, ERR_NOT_FOUND, "没有该导入 / no such import");
}

/* Its rows are held against the role of the key that began it: no lesser one adds to them. */
static enum err load_to_change(struct call *c, struct import_job *out)
{
	const enum err e = import_load(c, out);

	return e == ERR_OK ? access_role(&c->key, out->role, &c->info) : e;
}

/* --- what is asked for -------------------------------------------------------------------- */

static enum err bad_query(struct call *c, const char *text)
{
	return err_set(&c->info, ERR_PARAMETER, "%s", text);
}

/* "?dry_run" alone is no false: who meant true would have written. */
static bool is_one_of(const struct call *c, const char *name, const char *a, const char *b)
{
	const char *text = query_get(&c->query, name);

	return !query_has(&c->query, name) || str_equal(text, a) || str_equal(text, b);
}

/* What only a workbook needs: others name the period, and the columns, themselves. */
static enum err read_workbook_options(struct call *c, struct import_job *out)
{
	const char *preview = query_get(&c->query, "preview");
	const char *period = query_get(&c->query, "period");
	const enum err e = call_period(c, &period);

	if (e != ERR_OK)
		return e;
	if (!is_one_of(c, "preview", "true", "false"))
		return bad_query(c, "preview 须为 true 或 false / preview must be true or false");
	if (!import_is_workbook(out) && (period[0] || str_equal(preview, "true")))
		return bad_query(c, "period 和 preview 只用于工作簿 / period and preview are for "
				    "workbooks");
	str_copy(out->period, sizeof(out->period), period);
	return ERR_OK;
}

static enum err read_options(struct call *c, struct import_job *out)
{
	const char *mode = query_get(&c->query, "mode");
	const char *dry = query_get(&c->query, "dry_run");

	if (!is_one_of(c, "mode", "atomic", "partial"))
		return bad_query(c, "mode 须为 atomic 或 partial / mode must be atomic or partial");
	if (!is_one_of(c, "dry_run", "true", "false"))
		return bad_query(c, "dry_run 须为 true 或 false / dry_run must be true or false");
	out->key = c->key.id;
	out->role = (int)c->key.role;
	str_copy(out->region, sizeof(out->region), c->key.region);
	str_copy(out->format, sizeof(out->format), import_format_named(c->rq->content_type));
	out->atomic = !str_equal(mode, "partial");
	out->dry_run = str_equal(dry, "true");
	return read_workbook_options(c, out);
}

static bool is_gzip(const struct call *c)
{
	return coding_named(c->rq->content_encoding) == CODING_GZIP;
}

enum err import_check_digest(struct call *c, bool required, unsigned char out[IMPORT_SHA256])
{
	static const char name[] = "sha-256=:";
	const char *header = c->rq->content_digest;
	unsigned char given[IMPORT_SHA256];
	size_t len = 0;

	crypto_hash_sha256(out, (const unsigned char *)c->rq->body, c->rq->body_len);
	header = header ? strstr(header, name) : NULL;
	if (!header && !required)
		return ERR_OK;
	if (!header)
		return bad_query(c, "分片须有 Content-Digest: sha-256=:…: / a part needs "
				    "Content-Digest: sha-256=:…:");
	header += strlen(name);
	if (sodium_base642bin(given, sizeof(given), header, strcspn(header, ":"), NULL, &len, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    len != sizeof(given))
		return bad_query(c,
				 "Content-Digest 的 sha-256 须为 32 字节的 base64,不是十六进制 / "
				 "sha-256 of Content-Digest must be 32 bytes in base64, not in "
				 "hexadecimal digits");
	if (memcmp(given, out, sizeof(given)) != 0)
		return err_at(&c->info, ERR_INVALID, "", "digest_mismatch",
			      "内容与 Content-Digest 不符,请重传 / the bytes are not those of "
			      "Content-Digest: send them again");
	return ERR_OK;
}

/* --- answers ------------------------------------------------------------------------------ */

static enum err answer_job(struct call *c, int64_t id)
{
	auto_import_job struct import_job job = { .header = NULL };
	const enum err e = store_import_get(c->api->store, id, &job, &c->info);

	if (e != ERR_OK)
		return e;
	return import_write(c, &job, NULL);
}

/* A small one is run before the answer; what takes longer goes on in the background. */
static enum err await(struct call *c, int64_t id)
{
	const int64_t until = time_monotonic_us() + IMPORT_ANSWER_MS * INT64_C(1000);

	importer_wake(c->api->importer);
	for (;;) {
		auto_import_job struct import_job job = { .header = NULL };
		const enum err e = store_import_get(c->api->store, id, &job, &c->info);

		if (e != ERR_OK)
			return e;
		if (import_has_ended(&job))
			return import_write(c, &job, NULL);
		if (job.bytes > IMPORT_SMALL_BYTES || time_monotonic_us() > until ||
		    atomic_load(&c->api->stopping)) {
			c->rp->status = 202;
			return import_write(c, &job, NULL);
		}
		importer_wait(c->api->importer, WAIT_MS);
	}
}

/* --- handlers ----------------------------------------------------------------------------- */

/* Stays as it is until its commit; what is no workbook is gone at once. */
static enum err answer_preview(struct call *c, int64_t id)
{
	auto_import_job struct import_job job = { .header = NULL };
	auto_buf struct buf mapping;
	enum err e = store_import_get(c->api->store, id, &job, &c->info);

	buf_init(&mapping, REPLY_BYTES_MAX);
	if (e != ERR_OK)
		return e;
	e = import_book_map(c, &job, &mapping);
	if (e != ERR_OK) {
		IGNORE(store_import_cancel(c->api->store, id, NULL), "it would expire");
		return e;
	}
	c->rp->status = 201;
	return import_write(c, &job, mapping.data);
}

enum err import_create(struct call *c)
{
	struct import_job job = { .header = NULL };
	unsigned char sha256[IMPORT_SHA256];
	int64_t id = 0;
	enum err e = read_options(c, &job);

	if (e == ERR_OK)
		e = import_check_digest(c, false, sha256);
	if (e == ERR_OK)
		e = store_import_open(c->api->store, &job, &id, &c->info);
	if (e != ERR_OK)
		return e;
	if (!c->rq->body_len) {
		c->rp->status = 201;
		return answer_job(c, id);
	}
	e = store_import_part_put(c->api->store, id, 1, sha256, is_gzip(c), c->rq->body,
				  c->rq->body_len, &c->info);
	if (e == ERR_OK && str_equal(query_get(&c->query, "preview"), "true"))
		return answer_preview(c, id);
	if (e == ERR_OK)
		e = store_import_commit(c->api->store, id, "", &c->info);
	return e == ERR_OK ? await(c, id) : e;
}

enum err import_part_put(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	unsigned char sha256[IMPORT_SHA256];
	const char *number = call_path(c, "n");
	int64_t n = 0;
	enum err e = load_to_change(c, &job);

	if (e != ERR_OK)
		return e;
	if (!str_to_int64(number, &n) || n < 1 || n > IMPORT_PARTS_MAX)
		return err_set(&c->info, ERR_PARAMETER,
			       "分片编号须为 1 到 %d / a part's number is 1 to %d",
			       IMPORT_PARTS_MAX, IMPORT_PARTS_MAX);
	if (!c->rq->body_len)
		return err_at(&c->info, ERR_INVALID, "", "empty", "分片为空 / the part is empty");
	e = import_check_digest(c, true, sha256);
	if (e == ERR_OK)
		e = store_import_part_put(c->api->store, job.id, (int)n, sha256, is_gzip(c),
					  c->rq->body, c->rq->body_len, &c->info);
	return e == ERR_OK ? answer_job(c, job.id) : e;
}

/* A workbook's columns as they were recognised, or as the body corrects it. */
static enum err commit_workbook(struct call *c, const struct import_job *job)
{
	auto_buf struct buf choices;
	enum err e;

	buf_init(&choices, IMPORT_CHOICES_BYTES);
	buf_add(&choices, c->rq->body, c->rq->body_len);
	if (buf_failed(&choices))
		return err_set(&c->info, choices.err, "最多 %u 字节 / at most %u bytes",
			       IMPORT_CHOICES_BYTES, IMPORT_CHOICES_BYTES);
	e = import_book_check(c, job, choices.data);
	/* The import is there: what is missing of it is no 404. */
	if (e == ERR_NOT_FOUND)
		e = store_import_refuse(c->api->store, job->id, &c->info);
	return e == ERR_OK ? store_import_commit(c->api->store, job->id, choices.data, &c->info)
			   : e;
}

enum err import_commit(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	enum err e = load_to_change(c, &job);

	if (e != ERR_OK)
		return e;
	if (!str_equal(job.state, "receiving"))
		e = err_set(&c->info, ERR_CONFLICT,
			    "此前已提交或已结束,状态为 %s / it was committed before, or has ended: "
			    "it is %s",
			    job.state, job.state);
	else if (import_is_workbook(&job))
		e = commit_workbook(c, &job);
	else if (c->rq->body_len)
		e = err_at(&c->info, ERR_INVALID, "", "not_allowed",
			   "只有工作簿的列可以指定 / only the columns of a workbook are chosen");
	else
		e = store_import_commit(c->api->store, job.id, "", &c->info);
	return e == ERR_OK ? await(c, job.id) : e;
}

enum err import_get(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	const enum err e = import_load(c, &job);

	return e == ERR_OK ? import_write(c, &job, NULL) : e;
}

enum err import_cancel(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	enum err e = load_to_change(c, &job);

	if (e == ERR_OK)
		e = store_import_cancel(c->api->store, job.id, &c->info);
	return e == ERR_OK ? answer_job(c, job.id) : e;
}
