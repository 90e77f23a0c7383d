/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with the rows of a stretch: the first of it told, all of it kept. */
#ifndef CTL_IMPORT_ERRORS_H
#define CTL_IMPORT_ERRORS_H

#include "ctl/import_files.h"
#include "ctl/import_run.h"

/* Before anything is sent: that run->errors can be written, and has nothing in it but errors of an
 * import. CTL_USAGE: it is a file of somebody's own, which stays. Errors of an earlier import go
 * away, unless this one goes on with it. */
int import_errors_check(const struct import_run *run, const struct import_files *files);

/* Of the file with this name nothing was kept so far: what is there, is of an earlier import. */
int import_errors_begin(const struct import_run *run, const char *name);

/* name: of the file. */
void import_errors_tell(const struct import_run *run, const char *name,
			const struct import_view *view);

/* errors.csv of the job into run->errors, behind what earlier stretches of the file left there, if
 * it still is. A file is there as a whole or not at all. Nothing when nobody asked for it. */
int import_errors_keep(struct import_run *run, const char *name, int64_t job);

#endif
