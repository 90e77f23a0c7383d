/* SPDX-License-Identifier: Apache-2.0 */
/* What is imported: the lines of a file, of all *.ndjson of a folder in the order of their names,
 * or of standard input, as one sequence. */
#ifndef CTL_IMPORT_INPUT_H
#define CTL_IMPORT_INPUT_H

#include "ctl/lines.h"

#define IMPORT_FILES_MAX 10000 /* of a folder */

/* Behind so many lines of the whole; the hash is of the bytes up to there. */
struct import_place {
	int64_t lines;
	int64_t bytes;
	uint64_t hash;
};

struct import_input {
	char **paths; /* owned; of standard input none */
	size_t n;
	size_t next;
	FILE *file; /* the one that is read */
	struct lines lines;
	struct import_place start;
	struct import_place before; /* where the line in `lines` begins */
	struct import_place at;     /* where it ends */
	int64_t size;               /* bytes of all, 0 when not known */
	bool failed;                /* reading did; it has been said */
};

/* what: a file, a folder, or "-". seed: what the hash begins with. ERR_IO with a text. */
enum err import_input_open(struct import_input *in, const char *what, uint64_t seed,
			   struct err_info *info) MUST_CHECK;
/* Accepts one that was not opened, of zeros. */
void import_input_close(struct import_input *in);

/* False at the end, or when it failed. */
bool import_input_next(struct import_input *in);

/* Goes on behind what was done before; false when that is not how the input begins: then the next
 * line is its first one again. Standard input cannot go back: it has failed. */
bool import_input_skip(struct import_input *in, const struct import_place *done);

/* The name of the file when there are several, else "". */
const char *import_input_name(const struct import_input *in);

static inline void auto_import_input_release(struct import_input *in)
{
	import_input_close(in);
}
#define auto_import_input AUTO(auto_import_input_release)

#endif
