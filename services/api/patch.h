/* SPDX-License-Identifier: Apache-2.0 */
/* A change that rests on what was read before: done again when another writer came between. */
#ifndef API_PATCH_H
#define API_PATCH_H

#include "api/call.h"

/* Up to 4, 8, 16, … ms before the attempt (1, 2, …), so that writers of one thing do not meet
 * again. */
void patch_back_off(uint32_t attempt);

/* Runs once(), which reads, patches and writes what it read, and fails with ERR_PRECONDITION
 * when that changed meanwhile; a few times, unless the client insists on a version. ERR_BUSY
 * when others were always faster. */
enum err patch_retry(struct call *c, handler *once) MUST_CHECK;

#endif
