/* SPDX-License-Identifier: Apache-2.0 */
/* What is let in of a request before anybody has all of it: bodies by the limit of their route, of
 * large ones a few at a time, and only from who has a key.
 *
 * What is refused is answered at once, whether or not the client is still sending; its socket
 * stays open for LINGER_MS more, so that the answer is not lost to a reset. */
#ifndef API_INTAKE_H
#define API_INTAKE_H

#include "api/call.h"

struct MHD_Connection;
struct guard;
struct guarded;
struct intake;

#define LINGER_MS     2000
#define LARGE_WAIT_MS 10000 /* for the place of a large body (JUNHENG_UPLOADS_MAX) */

enum err intake_new(struct api *api, struct guard *guard, struct intake **ret_intake) MUST_CHECK;
void intake_free(struct intake *in); /* accepts NULL */

/* All three of one request, in the thread of its connection. uri: as it came. */
void intake_begin(const char *uri);
/* Called with 0 when the headers are there, then with each piece of the body, then with 0. false:
 * it is refused, which the client has been told; the connection is to be closed. */
bool intake_admits(struct intake *in, struct guarded *connection, struct MHD_Connection *mhd,
		   const char *method, size_t bytes);
void intake_end(struct intake *in, const struct guarded *connection);

#endif
