/* SPDX-License-Identifier: Apache-2.0 */
/* The table of routes: the whole surface of the API, one row an operation, the same as
 * proto/openapi.yaml (a test compares). */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/access.h"
#include "api/call.h"

enum body_kind {
	BODY_NONE,
	BODY_JSON,  /* application/json */
	BODY_PATCH, /* application/merge-patch+json or application/json */
	BODY_PLAN,  /* application/json, or a workbook */
	BODY_MAY,   /* application/json, or nothing */
	BODY_FILE,  /* what import_format_named() knows, up to JUNHENG_IMPORT_BODY_MAX */
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

extern const struct route routes[];
extern const size_t routes_n;

#endif
