/* SPDX-License-Identifier: Apache-2.0 */
/* How far a long command is: a bar that redraws itself on a terminal, a line now and then
 * elsewhere. Lines for the user go through progress_say, so that they do not mix with the
 * bar. Safe for any thread. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct progress {
	pthread_mutex_t lock; /* around everything below */
	FILE *out;
	const char *what; /* "导入 / importing" */
	const char *unit; /* of what is counted, " 行 / rows"; PROGRESS_BYTES: in megabytes */
	bool quiet;       /* no bar, no notes */
	bool terminal;
	bool drawn;    /* the bar is on the current line */
	int64_t total; /* in any unit; 0: not known */
	int64_t done;  /* in the same */
	int64_t count; /* of things, shown with their rate */
	int64_t began_us;
	int64_t shown_us;
};

#define PROGRESS_BYTES NULL

void progress_init(struct progress *p, FILE *out, const char *what, int64_t total);
/* The same progress is now of something else, from its beginning. */
void progress_of(struct progress *p, const char *what, const char *unit, int64_t total);
/* Shows it when it is time to. */
void progress_set(struct progress *p, int64_t done, int64_t count);
void progress_say(struct progress *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same for what the user can do without: not when it is quiet. */
void progress_note(struct progress *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Takes the bar away. */
void progress_end(struct progress *p);

#endif
