/* SPDX-License-Identifier: Apache-2.0 */
/* Idempotency-Key: a POST that is sent again does what it does once, and is answered as the first
 * was. Around the handler of every POST: one step before it, one when its answer is there.
 *
 * An answer is kept when it says what was done (2xx) or that the request itself is wrong (400,
 * 422). What depends on the moment (other 4xx) or failed (5xx) is not: the same request is handled
 * anew. A handler whose effect and answer must be one transaction gives the reservation to the
 * store, and sets call.kept; of the others, a process that is killed between the two leaves the
 * effect without its answer, and a repeat a minute later does it again. */
#ifndef API_IDEMPOTENCY_H
#define API_IDEMPOTENCY_H

#include "api/call.h"

/* A step of the dispatcher. Without the header, nothing. With the answer of before, sets
 * call.replayed: there is nothing left to handle. ERR_PARAMETER: the header is not 1 to 128 visible
 * ASCII characters; ERR_CONFLICT: the first still runs; ERR_INVALID: it was another request. */
enum err idempotency_begin(struct call *c) MUST_CHECK;

/* Keeps the answer, or gives the reservation up. The answer stays as it is when that fails. */
enum err idempotency_end(struct call *c, struct err_info *info) MUST_CHECK;

#endif
