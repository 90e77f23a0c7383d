/* SPDX-License-Identifier: Apache-2.0 */
/* How many files a process may hold open: each connection is one. Without room for all that the
 * settings allow, nobody comes in long before the places are taken, and so nobody is closed to
 * make room. */
#ifndef API_FILES_H
#define API_FILES_H

#include "base/config.h"
#include "base/err.h"

/* Raises the soft limit (RLIMIT_NOFILE) to what the settings need, if it is below that. ERR_CONFIG
 * when the hard limit does not allow it. */
enum err files_reserve(const struct config *config, struct err_info *info) MUST_CHECK;

#endif
