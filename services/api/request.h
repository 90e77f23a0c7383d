/* SPDX-License-Identifier: Apache-2.0 */
/* What a client asked, as plain data: the server fills it from ulfius, a test by hand. All
 * texts are borrowed until the answer is sent. */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct request {
	const char *method;
	const char *path;  /* as it came: percent-encoded, without the query */
	const char *query; /* as it came, without '?'; "" when there is none */
	const char *body;  /* not terminated */
	size_t body_len;   /* at most the limit of the route: intake.h lets no more in */
	/* Headers, NULL when absent. */
	const char *authorization;
	const char *content_type;
	const char *content_encoding;
	const char *content_digest;
	const char *accept;
	const char *accept_encoding;
	const char *if_match;
	const char *if_none_match;
	const char *last_event_id;
	const char *idempotency_key;
	const char *request_id;
};

#define PATH_PARAMS_MAX 2
#define PATH_PARAM      64 /* bytes of one, decoded, with its end */

struct path_params {
	size_t n;
	const char *name[PATH_PARAMS_MAX]; /* of the route's template, not terminated: {name} */
	char value[PATH_PARAMS_MAX][PATH_PARAM];
};

/* "" when the template has no such parameter. */
const char *path_param(const struct path_params *p, const char *name);

#define QUERY_PARAMS_MAX 8
#define QUERY_BYTES      1024 /* of the whole query */

struct query {
	size_t n;
	const char *name[QUERY_PARAMS_MAX]; /* into text */
	const char *value[QUERY_PARAMS_MAX];
	char text[QUERY_BYTES];
};

/* ERR_PARAMETER: too long, badly encoded, a parameter that is not in allowed ("a,b,c") or is
 * given twice. Values are decoded UTF-8 without control characters. */
enum err query_parse(const char *raw, const char *allowed, struct query *out,
		     struct err_info *info) MUST_CHECK;

/* "" when absent. */
const char *query_get(const struct query *q, const char *name);

/* Whether it was given, if only as "". */
bool query_has(const struct query *q, const char *name);

/* Copies len bytes, percent-decoded, into out[size]; plus: '+' is a space. false when an
 * escape is broken, the result does not fit or is not text. */
bool percent_decode(const char *s, size_t len, bool plus, char *out, size_t size);

/* Whether a Content-Type names this type (any case), in UTF-8 or without a charset. */
bool media_type_is(const char *header, const char *type);

/* The same, whatever the charset. */
bool media_type_named(const char *header, const char *type);

/* Whether an Accept header asks for this type by name. */
bool accept_names(const char *header, const char *type);

/* Whether an answer of this type will do: no Accept, the type, its family or anything. */
bool accept_admits(const char *header, const char *type);

/* If-Match: MATCH_ANY without one, MATCH_EXISTS for *, the version of "41". Another tag
 * matches nothing: MATCH_NEVER. ERR_PARAMETER when it is no single tag. */
#define MATCH_NEVER INT64_MAX
enum err if_match_parse(const char *header, int64_t *ret_match, struct err_info *info) MUST_CHECK;

/* Whether an If-None-Match header lists this tag (with its quotes), or is *. In both headers the
 * tag of a packed answer is as good. */
bool if_none_match_has(const char *header, const char *etag);

#endif
