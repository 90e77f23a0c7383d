/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to its answer: id, route, key, access, parameters, body; then the handler;
 * then problem, ETag, metrics and one line of log. The only place of the API that logs
 * requests. */
#ifndef API_DISPATCH_H
#define API_DISPATCH_H

#include "api/call.h"

/* Always fills *rp, which was initialised; any thread. */
void dispatch(struct api *api, const struct request *rq, struct reply *rp);

#endif
