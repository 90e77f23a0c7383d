/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_run.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/exits.h"
#include "ctl/import_errors.h"
#include "ctl/pack.h"

#define PART_MIN    1024 /* the least that a service can be set to take */
#define LOOK_MS     50   /* how soon the job is looked at again, … */
#define LOOK_MAX_MS 1000 /* … when it takes long */

/* A stretch while it is read. */
struct stretch {
	struct import_run *run;
	struct import_source *source;
	crypto_hash_sha256_state whole;
	size_t part_bytes;
};

enum err import_run_init(struct import_run *run, struct err_info *info)
{
	run->part = malloc(IMPORT_PART_MAX);
	run->packed = malloc(IMPORT_PART_MAX);
	if (run->part && run->packed)
		return ERR_OK;
	import_run_release(run);
	return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
}

void import_run_release(struct import_run *run)
{
	free(run->part);
	free(run->packed);
	run->part = run->packed = NULL;
}

void import_counts_add(struct import_counts *to, const struct import_counts *more)
{
	to->rows += more->rows;
	to->created += more->created;
	to->updated += more->updated;
	to->unchanged += more->unchanged;
	to->rejected += more->rejected;
}

static int save(const struct import_run *run)
{
	struct err_info info = { .text = "" };

	if (import_state_save(run->state, &info) == ERR_OK)
		return CTL_OK;
	progress_say(run->service.progress, "junhengctl: %s", info.text);
	return CTL_FAILED;
}

int import_run_finish(struct import_run *run, const struct import_done *done)
{
	struct err_info info = { .text = "" };

	run->unit++;
	if (import_state_finish(run->state, done, &info) == ERR_OK)
		return save(run);
	progress_say(run->service.progress, "junhengctl: %s", info.text);
	return CTL_FAILED;
}

/* --- hashes ------------------------------------------------------------------------------- */

void import_hash(const char *bytes, size_t len, char out[IMPORT_HASH])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)bytes, len);
	sodium_bin2hex(out, IMPORT_HASH, hash, sizeof(hash));
}

static void begin_hash(struct stretch *st)
{
	const char *type = st->source->type;

	crypto_hash_sha256_init(&st->whole);
	crypto_hash_sha256_update(&st->whole, (const unsigned char *)type, strlen(type) + 1);
}

static void end_hash(struct stretch *st, char out[IMPORT_HASH])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(&st->whole, hash);
	sodium_bin2hex(out, IMPORT_HASH, hash, sizeof(hash));
}

/* The next bytes of the stretch, into run->part. */
static size_t next_part(struct stretch *st, size_t bytes)
{
	const size_t n = import_source_part(st->source, st->run->part, bytes);

	crypto_hash_sha256_update(&st->whole, (const unsigned char *)st->run->part, n);
	return n;
}

/* --- what was done before ----------------------------------------------------------------- */

static int failed_reading(const struct import_run *run, const struct import_source *source)
{
	if (*run->service.stop)
		return IMPORT_STOPPED;
	progress_say(run->service.progress, "junhengctl: %s: %s", source->name,
		     import_source_failure(source));
	return CTL_FAILED;
}

/* From here on nothing is as it was before. */
static int begin_anew(struct import_run *run, struct import_source *source)
{
	/* What the job would do is not what is wanted. */
	if (run->state->job && !run->state->committed)
		IGNORE(import_cancel(&run->service, run->state->job),
		       "it is ended by the service within a day");
	if (run->unit < run->state->done_n)
		run->state->done_n = run->unit;
	import_state_forget(run->state);
	if (!import_source_rewind(source)) {
		progress_say(run->service.progress,
			     "junhengctl: 输入与上次不同,且无法从头读取 / the input is not the one "
			     "of before, and cannot be read from its beginning");
		return CTL_FAILED;
	}
	progress_note(run->service.progress,
		      "%s: 与上次不同,重新导入 / not the one of before: beginning anew",
		      source->name);
	IGNORE(import_source_next(source), "it is what it was");
	return CTL_OK;
}

/* Reads all of the stretch; whether it is what was done. */
static bool is_done(struct stretch *st)
{
	const struct import_run *run = st->run;
	char sha256[IMPORT_HASH];

	begin_hash(st);
	while (next_part(st, st->part_bytes))
		;
	end_hash(st, sha256);
	return str_equal(sha256, run->state->done[run->unit].sha256);
}

/* Reads the parts that the service has; whether they are the same. */
static bool has_parts(struct stretch *st)
{
	const struct import_state *state = st->run->state;

	begin_hash(st);
	for (size_t i = 0; i < state->parts_n; i++) {
		const struct import_part *part = &state->parts[i];
		char sha256[IMPORT_HASH];
		const size_t n = next_part(st, (size_t)part->bytes);

		import_hash(st->run->part, n, sha256);
		if (n != (size_t)part->bytes || !str_equal(sha256, part->sha256))
			return false;
		st->part_bytes = n; /* as small as the service wants them */
	}
	return !state->committed || !next_part(st, 1);
}

/* Whether the job of before takes more, or is at work on what is here. *ret_code: what failed. */
static bool goes_on(struct stretch *st, int *ret_code)
{
	struct import_run *run = st->run;
	struct import_state *state = run->state;
	struct import_view view = { .id = 0 };
	bool gone = false;
	bool ours;

	*ret_code = CTL_OK;
	if (!has_parts(st))
		return false;
	if (!state->job)
		return true;
	*ret_code = import_look(&run->service, state->job, &view, &gone);
	if (*ret_code != CTL_OK)
		return true;
	/* The answer to the commit may have been lost. */
	ours = !gone && !str_equal(view.state, "cancelled");
	state->committed = ours && !str_equal(view.state, "receiving");
	import_view_release(&view);
	if (ours && state->committed && next_part(st, 1))
		return false;
	if (ours)
		progress_note(run->service.progress,
			      "继续导入 / going on with import %" PRId64
			      ",%zu 个分片已在 / parts that are there: %zu",
			      state->job, state->parts_n, state->parts_n);
	return ours;
}

/* *ret_done: nothing is left to do. */
static int resume(struct stretch *st, bool *ret_done)
{
	struct import_run *run = st->run;
	bool same = true;
	int code = CTL_OK;

	*ret_done = false;
	if (run->unit < run->state->done_n)
		same = *ret_done = is_done(st);
	else if (run->state->key[0])
		same = goes_on(st, &code);
	if (import_source_failure(st->source))
		return failed_reading(run, st->source);
	if (code != CTL_OK)
		return code;
	if (!same) {
		st->part_bytes = import_source_part_bytes(st->source);
		code = begin_anew(run, st->source);
	}
	if (code == CTL_OK && !*ret_done && !run->state->parts_n)
		begin_hash(st);
	return code;
}

/* --- sending ------------------------------------------------------------------------------ */

static int open_job(const struct stretch *st)
{
	struct import_run *run = st->run;
	const char *period = st->source->workbook ? run->period : NULL;
	const struct import_options options = { st->source->type, period, run->atomic,
						run->dry_run };
	int code;

	if (run->state->job)
		return CTL_OK;
	/* The key first: when the answer is lost, it finds the job again. */
	if (!run->state->key[0])
		import_state_begin(run->state);
	code = save(run);
	if (code == CTL_OK)
		code = import_open(&run->service, &options, run->state->key, &run->state->job);
	return code == CTL_OK ? save(run) : code;
}

static int send_part(const struct stretch *st, size_t n, enum import_taken *ret_taken)
{
	struct import_run *run = st->run;
	const size_t packed = run->gzip ? pack(run->part, n, run->packed, IMPORT_PART_MAX) : 0;

	return import_put_part(&run->service, run->state->job, run->state->parts_n + 1,
			       packed ? run->packed : run->part, packed ? packed : n, packed > 0,
			       ret_taken);
}

/* The service has the part. */
static int note_part(const struct stretch *st, size_t n)
{
	struct import_state *state = st->run->state;
	struct import_part *part = &state->parts[state->parts_n++];

	part->bytes = (int64_t)n;
	import_hash(st->run->part, n, part->sha256);
	progress_set(st->run->service.progress, st->source->input.taken, st->source->input.taken);
	return save(st->run);
}

/* The job will never be whole. */
static int abandon(const struct import_run *run)
{
	int code;

	IGNORE(import_cancel(&run->service, run->state->job),
	       "it is ended by the service within a day");
	import_state_forget(run->state);
	code = save(run);
	return code == CTL_OK ? CTL_REFUSED : code;
}

/* The service takes less at once. The hash is made anew: nothing of the part counts. */
static int smaller_parts(struct stretch *st, size_t n, const crypto_hash_sha256_state *before)
{
	if (n <= PART_MIN) {
		progress_say(st->run->service.progress,
			     "junhengctl: 服务连 %d 字节的分片也不收 / the service does not even "
			     "take parts of %d bytes",
			     PART_MIN, PART_MIN);
		return abandon(st->run);
	}
	import_source_unread(st->source, st->run->part, n);
	st->part_bytes = n / 2 > PART_MIN ? n / 2 : PART_MIN;
	st->whole = *before;
	return CTL_OK;
}

static int too_many(const struct import_run *run)
{
	progress_say(run->service.progress, "junhengctl: 超过 %d 个分片 / more than %d parts",
		     IMPORT_PARTS_MOST, IMPORT_PARTS_MOST);
	return abandon(run);
}

static int upload(struct stretch *st)
{
	struct import_run *run = st->run;
	int code = CTL_OK;

	progress_of(run->service.progress, "上传 / sending", PROGRESS_BYTES, st->source->size);
	while (code == CTL_OK) {
		const crypto_hash_sha256_state before = st->whole;
		const size_t n = next_part(st, st->part_bytes);
		enum import_taken taken = IMPORT_GONE;

		if (import_source_failure(st->source))
			return failed_reading(run, st->source);
		if (!n)
			break;
		if (run->state->parts_n == IMPORT_PARTS_MOST)
			return too_many(run);
		code = send_part(st, n, &taken);
		if (code != CTL_OK)
			return code;
		if (taken == IMPORT_GONE)
			return abandon(run);
		code = taken == IMPORT_TAKEN ? note_part(st, n) : smaller_parts(st, n, &before);
	}
	return code;
}

static int commit(const struct import_run *run)
{
	enum import_taken taken = IMPORT_GONE;
	const int code = import_commit(&run->service, run->state->job, &taken);

	if (code == CTL_OK && taken == IMPORT_GONE)
		return abandon(run);
	run->state->committed = code == CTL_OK;
	return code;
}

/* --- the end of the job ------------------------------------------------------------------- */

static int await(const struct import_run *run, struct import_view *out)
{
	const struct import_service *s = &run->service;
	int64_t wait_ms = LOOK_MS;
	bool begun = false;

	for (;;) {
		bool gone = false;
		const int code = import_look(s, run->state->job, out, &gone);

		if (code != CTL_OK)
			return code;
		if (gone) {
			progress_say(s->progress, "junhengctl: 没有该导入了 / the import is gone");
			return CTL_FAILED;
		}
		if (import_view_has_ended(out))
			return CTL_OK;
		if (!begun)
			progress_of(s->progress, "导入 / importing", " 行 / rows", out->bytes);
		begun = true;
		progress_set(s->progress, out->bytes_done, out->counts.rows);
		import_view_release(out);
		import_pause(s, wait_ms);
		if (*s->stop)
			return IMPORT_STOPPED;
		wait_ms = wait_ms * 3 / 2 < LOOK_MAX_MS ? wait_ms * 3 / 2 : LOOK_MAX_MS;
	}
}

int import_run_code(const struct import_run *run, const struct import_counts *counts)
{
	if (!counts->rejected)
		return CTL_OK;
	return run->dry_run || run->atomic ? CTL_REFUSED : CTL_PARTLY;
}

/* What the job made of it: told, and remembered when it is done. */
static int conclude(struct stretch *st, const struct import_view *view)
{
	struct import_run *run = st->run;
	struct progress *p = run->service.progress;
	const char *name = st->source->name;
	struct import_done done = { .counts = view->counts };
	int code = CTL_OK;

	/* Whatever fails from here on: this is what the service has done. */
	import_counts_add(&run->total, &view->counts);
	import_errors_tell(run, name, view);
	if (json_array_size(view->errors))
		code = import_errors_keep(run, name, view->id);
	if (code != CTL_OK)
		return code;
	if (view->failure[0])
		progress_say(p, "%s: %s", name, view->failure);
	if (!str_equal(view->state, "done")) {
		import_state_forget(run->state);
		code = save(run);
		if (code != CTL_OK)
			return code;
		return str_equal(view->state, "failed") ? CTL_REFUSED : CTL_FAILED;
	}
	if (run->folder)
		progress_note(p,
			      "%s: 行数 / rows %" PRId64 ", 拒绝 / rejected %" PRId64
			      " (导入 / import %" PRId64 ")",
			      name, view->counts.rows, view->counts.rejected, view->id);
	end_hash(st, done.sha256);
	code = import_run_finish(run, &done);
	return code == CTL_OK ? import_run_code(run, &view->counts) : code;
}

int import_run_rows(struct import_run *run, struct import_source *source)
{
	struct stretch st = { .run = run,
			      .source = source,
			      .part_bytes = import_source_part_bytes(source) };
	struct import_view view = { .id = 0 };
	bool done = false;
	int code = resume(&st, &done);

	if (code == CTL_OK && done) {
		const struct import_counts *counts = &run->state->done[run->unit++].counts;

		import_counts_add(&run->total, counts);
		run->errors_begun = run->errors_begun || counts->rejected;
		return import_run_code(run, counts);
	}
	if (code == CTL_OK)
		code = import_errors_begin(run, source->name);
	if (code == CTL_OK && !run->state->committed)
		code = open_job(&st);
	if (code == CTL_OK && !run->state->committed)
		code = upload(&st);
	if (code == CTL_OK && !run->state->committed)
		code = commit(run);
	if (code == CTL_OK)
		code = save(run);
	if (code == CTL_OK)
		code = await(run, &view);
	if (code == CTL_OK)
		code = conclude(&st, &view);
	import_view_release(&view);
	return code;
}
