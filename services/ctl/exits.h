/* SPDX-License-Identifier: Apache-2.0 */
/* What a script learns from junhengctl's exit code. */
#ifndef CTL_EXITS_H
#define CTL_EXITS_H

#include "base/err.h"

enum {
	CTL_OK = 0,
	CTL_FAILED = 1,
	CTL_USAGE = 2,       /* the command line or a setting is wrong */
	CTL_UNREACHABLE = 3, /* the database or the API cannot be reached, or is busy */
	CTL_REFUSED = 4,     /* key, rights, or what was sent is not acceptable */
	CTL_PARTLY = 5       /* an import: some rows were refused, the others are in */
};

int exit_of_err(enum err code);
int exit_of_status(long http_status);

/* Says what failed on stderr, and returns its exit code. */
int exit_saying(enum err code, const struct err_info *info);

#endif
