/* SPDX-License-Identifier: Apache-2.0 */
/* The table of routes: the whole surface of the API, one row an operation, the same as
 * proto/openapi.yaml (a test compares). */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/access.h"
#include "api/call.h"

/* What a route takes, and how much of it. */
enum body_kind {
	BODY_NONE,  /* it is not looked at; JUNHENG_BODY_MAX, as for the next two */
	BODY_JSON,  /* application/json */
	BODY_PATCH, /* application/merge-patch+json or application/json */
	BODY_MAY,   /* application/json, or nothing; JUNHENG_BODY_MAX */
	BODY_PLAN,  /* application/json, or a workbook; JUNHENG_IMPORT_BODY_MAX */
	BODY_FILE,  /* what import_format_named() knows; JUNHENG_IMPORT_BODY_MAX */
	BODY_PART   /* any bytes, as many */
};

struct route {
	const char *method;
	const char *path;      /* "/v1/reports/{period}/{school}" */
	const char *operation; /* operationId */
	handler *handler;
	struct access_rule access;
	enum body_kind body;
	const char *query; /* parameters that are understood: "limit,cursor" */
};

/* Bytes of a request's body, as they are sent. */
size_t route_body_max(const struct route *route, const struct config *config);

extern const struct route routes[];
extern const size_t routes_n;

#endif
