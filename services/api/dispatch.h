/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to its answer: id, route, key, access, parameters, body; then the handler;
 * then problem, ETag, metrics and one line of log. The only place of the API that logs
 * requests. */
#ifndef API_DISPATCH_H
#define API_DISPATCH_H

#include "api/call.h"

/* Always fills *rp, which was initialised; any thread. */
void dispatch(struct api *api, const struct request *rq, struct reply *rp);

#define LENGTH_UNKNOWN UINT64_MAX /* it comes in chunks */

struct admission {
	size_t max; /* bytes of the body that are to be taken */
	bool large; /* it is, or may be, above JUNHENG_BODY_MAX */
};

/* What the headers tell: whether the body may come. Only the method, path, Authorization and the
 * request's id of *rq are looked at, and of a large body whose it is. false: *rp is the answer, and
 * the connection is to be closed. */
bool dispatch_admit(struct api *api, const struct request *rq, uint64_t length,
		    struct admission *out, struct reply *rp);

/* The answer to a request whose body is not taken: ERR_TOO_BIG, ERR_BUSY or
 * ERR_HTTP. */
void dispatch_refuse(struct api *api, const struct request *rq, enum err code, struct reply *rp);

#endif
