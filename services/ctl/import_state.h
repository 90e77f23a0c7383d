/* SPDX-License-Identifier: Apache-2.0 */
/* How far an import is, so that it goes on after an interruption in whatever way: which stretches
 * and lines of its files are done, and of the one under way the job and the parts that the service
 * has.
 *
 * With a file it is kept there: a new one replaces the old as a whole, on the disk before the
 * import goes on. One import has the file at a time. */
#ifndef CTL_IMPORT_STATE_H
#define CTL_IMPORT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ctl/import_source.h"

#define IMPORT_HASH  65 /* SHA-256 in hexadecimal, with its end */
#define IMPORT_KEY   48
#define IMPORT_UNITS 100000 /* stretches and lines of an import, at most */

struct import_counts {
	int64_t rows;
	int64_t created;
	int64_t updated;
	int64_t unchanged;
	int64_t rejected;
};

struct import_part {
	int64_t bytes; /* before it was packed */
	char sha256[IMPORT_HASH];
};

struct import_done {
	char sha256[IMPORT_HASH];
	struct import_counts counts;
};

struct import_state {
	char *path; /* owned; NULL: it is kept nowhere */
	int fd;     /* holds the lock */
	char *what; /* owned: what an import must have in common to go on with another */
	struct import_done *done; /* owned, in their order */
	size_t done_n;
	size_t done_size;
	/* The stretch under way. */
	char key[IMPORT_KEY]; /* Idempotency-Key that opens its job; "" when none is under way */
	int64_t job;          /* 0: not known yet */
	bool committed;
	size_t parts_n;
	struct import_part parts[IMPORT_PARTS_MOST];
};

/* Reads what the file says; *ret_anew: it cannot be used, and is begun anew. what: service and
 * options. ERR_IO: the file cannot be read or made, or has something else in it, which stays;
 * ERR_CONFLICT: another import has it. */
enum err import_state_open(const char *path, const char *what, struct import_state **ret_state,
			   bool *ret_anew, struct err_info *info) MUST_CHECK;

/* finished: there is nothing left to go on with, and the file is removed. So is one that says
 * nothing. Accepts NULL. */
void import_state_close(struct import_state *state, bool finished);

/* Writes it. ERR_IO with a text. */
enum err import_state_save(struct import_state *state, struct err_info *info) MUST_CHECK;

/* What follows changes the state without writing it. */

/* Another stretch is under way, with a random key. */
void import_state_begin(struct import_state *state);
/* It is no more. */
void import_state_forget(struct import_state *state);
/* It, or a line, is done. ERR_TOO_BIG, ERR_NOMEM. */
enum err import_state_finish(struct import_state *state, const struct import_done *done,
			     struct err_info *info) MUST_CHECK;

#endif
