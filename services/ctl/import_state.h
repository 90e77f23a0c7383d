/* SPDX-License-Identifier: Apache-2.0 */
/* How far an import was acknowledged: every line up to there was answered. Kept in a small file, so
 * that an import that was interrupted, in whatever way, goes on from there. Removed when it is
 * done.
 *
 * It is written with every answer and not forced to the disk: what a crash of the machine takes of
 * it, is sent again, which is harmless. One import has it at a time. */
#ifndef CTL_IMPORT_STATE_H
#define CTL_IMPORT_STATE_H

#include "ctl/import_input.h"

struct import_state;

/* ERR_IO: the file cannot be made; ERR_CONFLICT: another import has it. */
enum err import_state_open(const char *path, struct import_state **ret_state,
			   struct err_info *info) MUST_CHECK;
/* done: there is nothing left to go on with. Accepts NULL. */
void import_state_close(struct import_state *state, bool done);

/* What it says from before; false: nothing that can be used. */
bool import_state_read(struct import_state *state, struct import_place *out, int64_t *ret_refused);

/* Remembers the place, and how many lines were refused. Accepts NULL. */
void import_state_save(struct import_state *state, const struct import_place *place,
		       int64_t refused);

const char *import_state_path(const struct import_state *state);

#endif
