/* SPDX-License-Identifier: Apache-2.0 */
/* Sends requests through several connections at once.
 *
 * Requests for one resource always take the same connection, so that they arrive in the
 * order of their lines; importer_barrier waits until everything before it is answered.
 * Bounded: importer_put waits while its connection's queue is full.
 *
 * An answer 503 or none at all is tried again for IMPORT_PATIENCE_S, while the service has
 * never answered for IMPORT_FIRST_S; then, and when the key is not accepted, the import is
 * given up. Repeating is safe: a PUT of the same changes nothing, and a POST has an
 * Idempotency-Key made of its body, so that within a day it happens once.
 *
 * A bulletin waits until the counties' figures rest on everything sent before: the service
 * answers 409 while they do not. After IMPORT_BEHIND_S it is a rejected line. */
#ifndef CTL_IMPORT_H
#define CTL_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/import_input.h"
#include "ctl/import_line.h"
#include "ctl/import_state.h"
#include "ctl/progress.h"

#define IMPORT_CONNECTIONS_MAX 64
#define IMPORT_PATIENCE_S      30
#define IMPORT_FIRST_S         5
#define IMPORT_BEHIND_S        120
#define IMPORT_TOLD_MAX        20 /* rejected lines that are told; the others are counted */

struct importer;

struct import_counts {
	int64_t created;
	int64_t updated;
	int64_t unchanged;
	int64_t rejected;
};

/* progress is borrowed. */
enum err importer_new(const char *base_url, const char *key, int connections,
		      struct progress *progress, struct importer **ret_importer,
		      struct err_info *info) MUST_CHECK;
/* Waits for the requests under way, drops those that wait. Accepts NULL. */
void importer_free(struct importer *im);

/* From now on it keeps how far every line was answered. state is borrowed; refused_before: lines
 * that were refused by then. */
void importer_remember(struct importer *im, struct import_state *state, int64_t refused_before);

/* Takes line->body; in is where the line is. False when the import was given up. */
bool importer_put(struct importer *im, const struct import_input *in, struct import_line *line);
bool importer_barrier(struct importer *im);

/* A line that is not worth sending. */
void importer_reject(struct importer *im, const struct import_input *in, const char *why);

void importer_counts(struct importer *im, struct import_counts *out);
/* Why it was given up, as an exit code; CTL_OK when it was not. */
int importer_failure(struct importer *im);

#endif
