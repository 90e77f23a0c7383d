/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what: the only place that decides it. Pure, and closed by default.
 *
 * Roles are a ladder. A key's region is a prefix of what it may touch: "" the country, 34
 * a province, 3402 a prefecture, 340207 a county. A key whose region is a school's code is
 * that school's own: in the routes that say OWN it reaches its school, and what is about no
 * school at all; nothing else. */
#ifndef API_ACCESS_H
#define API_ACCESS_H

#include <stdbool.h>

#include "base/err.h"
#include "store/keys.h"

enum scope {
	SCOPE_NONE,     /* nobody: a row that was forgotten */
	SCOPE_OPEN,     /* anyone, without a key */
	SCOPE_ANY_KEY,  /* any region: the handler filters by it */
	SCOPE_REGION,   /* a region named by the path */
	SCOPE_COUNTY,   /* a county named by the path */
	SCOPE_SCHOOL,   /* a school named by the path, and its county */
	SCOPE_STANDARD, /* a standard named by the path: anyone may read them, and the handler
			   asks for the region of one that is written */
	SCOPE_RULE      /* a rule named by the path: the handler asks for its region */
};

struct access_rule {
	enum role role; /* at least */
	enum scope scope;
	bool own; /* a school's own key may, too */
};

/* Before anything is looked up: the role, and whether this kind of key may come at all.
 * school: the code in the path, "" when the route has none. */
enum err access_route(const struct access_rule *rule, const struct api_key *key, const char *school,
		      struct err_info *info) MUST_CHECK;

/* A region or county that is touched lies below the key's region. A school's own key passes
 * for its own school only. */
enum err access_region(const struct api_key *key, const char *code, const char *school,
		       struct err_info *info) MUST_CHECK;

/* The same for what is read of a region and holds below it, too: the region may also be one that
 * the key's lies in. */
enum err access_holds(const struct api_key *key, const char *code,
		      struct err_info *info) MUST_CHECK;

/* A rule of alerts of a region is changed. Rules are how those above watch: a prefecture's or a
 * county's key changes none, not even its own region's. */
enum err access_rules(const struct api_key *key, const char *code,
		      struct err_info *info) MUST_CHECK;

/* A silence whose author had a key of this region is ended: by who reaches that region, not by
 * those below whom it was made over. */
enum err access_silence(const struct api_key *key, const char *author_region,
			struct err_info *info) MUST_CHECK;

/* Who changes what another key has begun, and what goes on with that one's role, has it, too. */
enum err access_role(const struct api_key *key, int role, struct err_info *info) MUST_CHECK;

/* The prefix that lists of this key are filtered by. */
const char *access_prefix(const struct api_key *key);

#endif
