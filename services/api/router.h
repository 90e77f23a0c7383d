/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the row of a request in a table of routes. Pure. */
#ifndef API_ROUTER_H
#define API_ROUTER_H

#include "api/request.h"
#include "api/routes.h"

/* HEAD is answered as GET. ERR_NOT_FOUND when no row has the path; ERR_METHOD when none has
 * the method: allow[ALLOW_BYTES] then lists those that are ("GET, HEAD, PUT, OPTIONS"). A
 * {parameter} takes one whole segment, which is not empty. */
enum err router_find(const struct route *table, size_t n, const char *method, const char *path,
		     const struct route **ret_route, struct path_params *ret_params,
		     char *allow) MUST_CHECK;

#endif
