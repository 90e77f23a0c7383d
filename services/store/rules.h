/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of alerts: documents of which every version is kept, and what they say. A rule is a
 * region's: of the same id the nearest one is in force for a county (domain/rule.h). A change has
 * the counties below the region looked at again. */
#ifndef STORE_RULES_H
#define STORE_RULES_H

#include "base/timeutil.h"
#include "domain/rule.h"
#include "store/store.h"

struct stored_rule {
	char region[COUNTY_CODE];
	char id[RULE_ID];
	int64_t version;
	char changed_at[TIME_TEXT];
	char *document; /* owned */
};
void stored_rule_release(struct stored_rule *r);
static inline void auto_stored_rule_release(struct stored_rule *r)
{
	stored_rule_release(r);
}
#define auto_stored_rule AUTO(auto_stored_rule_release)

struct rule_list {
	struct stored_rule *items; /* by id */
	size_t n;
};
void rule_list_release(struct rule_list *list);
static inline void auto_rule_list_release(struct rule_list *l)
{
	rule_list_release(l);
}
#define auto_rule_list AUTO(auto_rule_list_release)

/* The region's own. ERR_NOT_FOUND. */
enum err store_rule_get(struct store *store, const char *region, const char *id,
			struct stored_rule *out, struct err_info *info) MUST_CHECK;

/* What is in force for a region: its own, and those of regions above that it does not replace;
 * disabled ones too. */
enum err store_rule_list(struct store *store, const char *region, struct rule_list *out,
			 struct err_info *info) MUST_CHECK;

/* document: NULL removes it. ERR_NOT_FOUND (a removal), ERR_PRECONDITION; ERR_CONFLICT when the
 * region, or the whole, has as many as it may. */
enum err store_rule_put(struct store *store, const struct actor *actor, const char *region,
			const char *id, const char *document, int64_t match,
			struct write_result *out, struct err_info *info) MUST_CHECK;

#endif
