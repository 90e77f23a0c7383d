/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way: what the dispatcher found out before the handler runs, and what
 * the handler makes of it. */
#ifndef API_CALL_H
#define API_CALL_H

#include <stdatomic.h>

#include "api/reply.h"
#include "api/request.h"
#include "base/config.h"
#include "base/problems.h"
#include "bus/bus.h"
#include "domain/explain.h"
#include "domain/school.h"
#include "store/idempotency.h"
#include "store/keys.h"
#include "store/store.h"

struct importer;
struct streams;
struct route;

/* What all requests share. */
struct api {
	const struct config *config;
	struct store *store;
	struct bus_push *push; /* hints to the monitors */
	struct streams *streams;
	struct importer *importer;
	atomic_bool stopping;
	atomic_int pdfs;      /* being made now */
	atomic_int workbooks; /* open for requests now */
};

#define REQUEST_ID 65

struct call {
	struct api *api;
	const struct request *rq;
	const struct route *route; /* NULL before routing */
	char id[REQUEST_ID];
	struct path_params path;        /* checked: codes are codes, a period is one */
	struct query query;             /* known parameters only */
	struct api_key key;             /* role ROLE_NONE where the route is open */
	int64_t match;                  /* of If-Match */
	struct school school;           /* SCOPE_SCHOOL: the one in the path */
	int64_t school_version;         /* 0: there is none */
	struct reservation reservation; /* of an Idempotency-Key: see api/idempotency.h */
	bool replayed;                  /* the answer of before is the answer */
	bool kept;                      /* the answer was stored with what it answers */
	struct problems problems;
	struct err_info info;
	struct reply *rp;
};

typedef enum err handler(struct call *c);

/* The value of a path parameter. */
const char *call_path(const struct call *c, const char *name);

/* The actor of a write. */
struct actor call_actor(const struct call *c);

/* Who the key is, to people: its label, or its number. Returns out. */
#define CALL_WHO KEY_LABEL
const char *call_who(const struct call *c, char out[CALL_WHO]);

/* Tells a monitor that a county's period has a new version; bulk: one of many at once, which may
 * wait for others. */
void call_hint(struct api *api, const struct write_result *w, bool bulk);

/* After a write: counts it, tells a monitor of a report's county, and sets the ETag. */
void call_written(struct call *c, const struct write_result *w);

/* The next year in China: one after it ("2028" in 2026) is a slip where a year may be the latest
 * there is. */
int call_last_year(void);
bool call_is_far_off(const char *year);

/* ERR_PARAMETER when the query names something that is no period; "" when it names none. */
enum err call_period(struct call *c, const char **ret_period) MUST_CHECK;

/* ?as_of=: a date, which is the last microsecond of that day in UTC, or an instant of
 * RFC 3339; AS_OF_NOW when there is none. ERR_PARAMETER. */
#define AS_OF_NOW (-1)
enum err call_as_of(struct call *c, int64_t *ret_us) MUST_CHECK;

/* ?since=: a date, from its beginning in UTC, or an instant of RFC 3339; -1 when there is none.
 * ERR_PARAMETER. */
enum err call_since(struct call *c, int64_t *ret_us) MUST_CHECK;

/* ?item=, which must be there, and be a name that an item may have. ERR_PARAMETER. */
enum err call_item(struct call *c, struct explain_item *out) MUST_CHECK;

/* Whether the standard has it: ERR_PARAMETER, telling which ones it has. */
enum err call_item_known(struct call *c, const struct explain_item *item,
			 const struct standard *standard) MUST_CHECK;

/* Whether a value of ?name= may be a region's code, or the beginning of one: 2, 4 or 6 digits, or
 * "". ERR_PARAMETER. */
enum err call_prefix_form(struct call *c, const char *name, const char *code) MUST_CHECK;

/* ?county= and ?region=, a code prefix, which must lie below the key's region. "" when not given.
 */
enum err call_county(struct call *c, const char **ret_county) MUST_CHECK;
enum err call_region(struct call *c, const char **ret_region) MUST_CHECK;

#endif
