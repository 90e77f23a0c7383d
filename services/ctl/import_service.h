/* SPDX-License-Identifier: Apache-2.0 */
/* The service's imports as an import asks for them: what fails for the moment is asked again.
 *
 * No answer, 429 and 5xx are of the moment: they are tried again, at growing distances, for
 * retry_s. So is that the same request is still being handled, but for more than the minute after
 * which one that a crash cut off gives way. Every function returns CTL_OK, IMPORT_STOPPED, or an
 * exit code after having said why. */
#ifndef CTL_IMPORT_SERVICE_H
#define CTL_IMPORT_SERVICE_H

#include <jansson.h>
#include <signal.h>
#include <stdio.h>

#include "ctl/http.h"
#include "ctl/import_line.h"
#include "ctl/import_state.h"
#include "ctl/progress.h"

#define IMPORT_STOPPED  (-1) /* by a signal */
#define IMPORT_BEHIND_S 120  /* that a bulletin waits for its counties' figures */

struct import_service {
	struct http *http; /* borrowed, as all below */
	struct progress *progress;
	const volatile sig_atomic_t *stop;
	int64_t retry_s;
};

struct import_view {
	int64_t id;
	char state[16]; /* "receiving", "queued", "running", "done", "failed", "cancelled" */
	int64_t bytes;
	int64_t bytes_done;
	struct import_counts counts;
	char failure[256];
	json_t *errors; /* owned: the first of them, once it has ended */
};
void import_view_release(struct import_view *view); /* accepts one of zeros */
bool import_view_has_ended(const struct import_view *view);

struct import_options {
	const char *type;   /* media type of the file */
	const char *period; /* of a workbook's rows that name none, or NULL */
	bool atomic;
	bool dry_run;
};

/* The same key opens the same job, for a day. */
int import_open(const struct import_service *s, const struct import_options *options,
		const char *key, int64_t *ret_job);

/* What became of a part. GONE: the job takes none, and why has been said: it is not there, has
 * ended, or would be too large. */
enum import_taken { IMPORT_TAKEN, IMPORT_TOO_LARGE, IMPORT_GONE };
int import_put_part(const struct import_service *s, int64_t job, size_t n, const char *bytes,
		    size_t len, bool gzip, enum import_taken *ret_taken);

/* One that was committed already is as good. GONE: it cannot be, and why has been said. */
int import_commit(const struct import_service *s, int64_t job, enum import_taken *ret_taken);

/* *ret_gone: there is none; *out is then of zeros. */
int import_look(const struct import_service *s, int64_t job, struct import_view *out,
		bool *ret_gone);

/* Tried once, also when stopped: what cannot be cancelled is ended by the service within a day, or
 * ends by itself. What runs, stops soon, unless it is about to end. */
enum import_cancelled { IMPORT_CANCELLED, IMPORT_STOPS, IMPORT_ENDED, IMPORT_GOES_ON };
enum import_cancelled import_cancel(const struct import_service *s, int64_t job);

/* All its errors, to a file. */
int import_fetch_errors(const struct import_service *s, int64_t job, FILE *out);

/* A standard, or a bulletin, which waits until the service lets it be published. A refusal is told
 * by out->status. */
int import_send_line(const struct import_service *s, const struct import_line *line,
		     struct http_answer *out);

/* Sleeps, unless stopped. */
void import_pause(const struct import_service *s, int64_t ms);

#endif
