/* SPDX-License-Identifier: Apache-2.0 */
/* Imports as jobs: what was sent, in numbered parts; what became of it; what was wrong with it.
 *
 * receiving → queued → running → done | failed | cancelled. The parts go when the job ends. */
#ifndef STORE_IMPORTS_H
#define STORE_IMPORTS_H

#include "domain/school.h"
#include "store/keys.h"
#include "store/store.h"

#define IMPORT_PARTS_MAX   1024
#define IMPORT_BYTES_MAX   (2LL << 30)
#define IMPORT_ERRORS_KEPT 100000
#define IMPORT_SHA256      32
/* Failures of jobs that end as cancelled: somebody did it, or nobody committed it. */
#define IMPORT_CANCELLED "已取消 / cancelled"
#define IMPORT_EXPIRED   "24 小时内未提交,已取消 / not committed within 24 hours: cancelled"

struct import_counts {
	int64_t rows;
	int64_t created;
	int64_t updated;
	int64_t unchanged;
	int64_t rejected; /* rows, not errors */
};

struct import_job {
	int64_t id;
	int64_t key;
	int role; /* enum role of the key */
	char region[KEY_REGION];
	char format[8]; /* "ndjson", "csv", "xlsx" */
	bool atomic;
	bool dry_run;
	char state[12];
	bool cancel; /* asked to stop */
	int parts;
	int64_t bytes;
	int64_t bytes_done;
	struct import_counts counts;
	char *header; /* owned: of a CSV file, as it is written again */
	char failure[256];
	char period[PERIOD_CODE]; /* of a workbook's rows that name none; "" */
};
void import_job_release(struct import_job *job);
static inline void auto_import_job_release(struct import_job *j)
{
	import_job_release(j);
}
#define auto_import_job AUTO(auto_import_job_release)

/* Begins a job: key, role, region, format, atomic, dry_run and period are read. */
enum err store_import_open(struct store *store, const struct import_job *job, int64_t *ret_id,
			   struct err_info *info) MUST_CHECK;

/* Replaces a part of the same number. ERR_CONFLICT when the job takes no more parts, or would
 * be above the limits. */
enum err store_import_part_put(struct store *store, int64_t id, int n,
			       const unsigned char sha256[IMPORT_SHA256], bool gzip,
			       const char *bytes, size_t len, struct err_info *info) MUST_CHECK;

/* Why it is not committed: ERR_CONFLICT, which names the first part that is missing, or the state.
 */
enum err store_import_refuse(struct store *store, int64_t id, struct err_info *info) MUST_CHECK;

/* choices: of a workbook's columns, "" none. ERR_CONFLICT as above. */
enum err store_import_commit(struct store *store, int64_t id, const char *choices,
			     struct err_info *info) MUST_CHECK;

/* Of a workbook: what was chosen, and what it was read as; "" when nothing was. */
struct import_texts {
	char *choices; /* owned */
	char *mapping; /* owned */
};
void import_texts_release(struct import_texts *texts);
static inline void auto_import_texts_release(struct import_texts *t)
{
	import_texts_release(t);
}
#define auto_import_texts AUTO(auto_import_texts_release)
enum err store_import_texts(struct store *store, int64_t id, struct import_texts *out,
			    struct err_info *info) MUST_CHECK;
enum err store_import_map(struct store *store, int64_t id, const char *mapping,
			  struct err_info *info) MUST_CHECK;

/* ERR_CONFLICT when it has ended. One that runs stops soon. */
enum err store_import_cancel(struct store *store, int64_t id, struct err_info *info) MUST_CHECK;

/* ERR_NOT_FOUND. */
enum err store_import_get(struct store *store, int64_t id, struct import_job *out,
			  struct err_info *info) MUST_CHECK;

/* The bytes of a part, owned by the caller. */
enum err store_import_part_get(struct store *store, int64_t id, int n, bool *ret_gzip,
			       char **ret_bytes, size_t *ret_len, struct err_info *info) MUST_CHECK;

/* How far a running job is; *ret_cancel: it was asked to stop. */
enum err store_import_progress(struct store *store, int64_t id, int64_t bytes_done,
			       const struct import_counts *counts, bool *ret_cancel,
			       struct err_info *info) MUST_CHECK;

#define IMPORT_WAITING_MAX 16
struct import_waiting {
	int64_t id;
	bool cancelled; /* whoever takes it has only to end it */
};
/* Jobs that may be waiting for somebody, not above so many bytes, the oldest first of those that
 * are behind the job `after` (0: of all). Ends what was never committed. */
enum err store_import_waiting(struct store *store, int64_t max_bytes, int64_t after,
			      struct import_waiting out[IMPORT_WAITING_MAX], int *ret_n,
			      struct err_info *info) MUST_CHECK;

struct import_error {
	int64_t row;
	int nth;
	char pointer[160];
	char code[24];
	char detail[256];
	char *line; /* owned; the row as it was sent, if it was asked for; or NULL */
};

struct import_errors {
	struct import_error *items;
	size_t n;
};
void import_errors_release(struct import_errors *list);
static inline void auto_import_errors_release(struct import_errors *l)
{
	import_errors_release(l);
}
#define auto_import_errors AUTO(auto_import_errors_release)

/* The first ones, without their rows. */
enum err store_import_errors(struct store *store, int64_t id, int limit, struct import_errors *out,
			     struct err_info *info) MUST_CHECK;

/* Those behind a row and its nth error (0, 0: from the first), at most limit, with their rows: each
 * at the first of its errors in the list. Of rows above `bytes` together there are fewer; none is
 * at the end only. */
enum err store_import_error_lines(struct store *store, int64_t id, int64_t row, int nth, int limit,
				  int64_t bytes, struct import_errors *out,
				  struct err_info *info) MUST_CHECK;

#endif
