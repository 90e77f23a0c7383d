/* SPDX-License-Identifier: Apache-2.0 */
/* How the counties of a region stand: counted from what the monitor last wrote, each answer
 * from one snapshot. A region's counties are the known regions of six digits below its code;
 * a county is one of its own. */
#ifndef STORE_SUMMARY_H
#define STORE_SUMMARY_H

#include "base/timeutil.h"
#include "domain/item.h"
#include "store/org.h"
#include "store/store.h"

/* Where a county stands in a period: its verdict, or why it has none. */
enum county_state {
	COUNTY_MET,
	COUNTY_NOT_MET,
	COUNTY_INCOMPLETE,
	COUNTY_NOT_COMPUTED, /* there are reports, but no result yet */
	COUNTY_NO_REPORTS,   /* nothing was ever reported */
	COUNTY_STATES
};

extern const char *const county_state_names[COUNTY_STATES]; /* "met", …, "no_reports" */

bool county_state_parse(const char *name, enum county_state *ret_state) MUST_CHECK;

#define ITEM_COUNTIES 20 /* codes that are listed of the counties that fail an item */

struct item_summary {
	char item[ITEM_NAME];
	int64_t not_met; /* counties */
	int64_t no_data;
	int64_t undefined;
	char counties[ITEM_COUNTIES][COUNTY_CODE]; /* the first of those that fail it */
	size_t n;
};

/* Counties by whether they are recognised, or might be. */
struct recognition {
	int64_t recognised; /* by now */
	int64_t on_track;   /* not recognised, and met */
	int64_t lagging;    /* not recognised, and not met */
	int64_t undecided;  /* the others */
};

#define YEARS_FIRST 2000
#define YEARS       100

struct prefecture_summary {
	char code[COUNTY_CODE];
	char name[REGION_NAME]; /* "" when it is no known region */
	int64_t counties[COUNTY_STATES];
	struct recognition recognition;
	char most_failing[ITEM_NAME]; /* "" when no county of it fails anything */
	int64_t most_failing_counties;
};

struct stage_summary {
	int64_t records;
	int64_t records_met;
	int64_t students;
};

struct code_list {
	char (*codes)[COUNTY_CODE];
	size_t n;
};

struct region_summary {
	struct region region; /* version is not set */
	char period[PERIOD_CODE];
	int64_t counties[COUNTY_STATES];
	int64_t behind;                 /* counties with accepted changes that their result lacks */
	int64_t missing_schools;        /* of the judged counties */
	char computed_first[TIME_TEXT]; /* of the judged counties; "" when there are none */
	char computed_last[TIME_TEXT];
	struct stage_summary stages[JUDGED_STAGES];
	int64_t failing[ITEMS_MAX + 1]; /* judged counties that fail so many items */
	struct item_summary *items;     /* that some county fails or lacks, the worst first */
	size_t n_items;
	struct prefecture_summary *prefectures; /* by code */
	size_t n_prefectures;
	char year[PERIOD_CODE]; /* the current one */
	struct recognition recognition;
	int64_t recognised_in[YEARS];        /* counties, by year from YEARS_FIRST on */
	struct code_list recognised_failing; /* recognised, and not met now */
	char previous[PERIOD_CODE]; /* the period before that has data; "" when there is none */
	int64_t compared;           /* counties judged in both */
	struct code_list newly_met; /* met now, judged otherwise then */
	struct code_list newly_failing;
};

/* period "" means the latest of which any of the counties has data. ERR_NOT_FOUND when there
 * is no such region, or no period to be latest. */
enum err store_summary_get(struct store *store, const char *code, const char *period,
			   struct region_summary *out, struct err_info *info) MUST_CHECK;
void store_summary_release(struct region_summary *summary);

static inline void auto_summary_release(struct region_summary *s)
{
	store_summary_release(s);
}
#define auto_summary AUTO(auto_summary_release)

/* The place of a county among the others: the worst is first. */
struct county_rank {
	int64_t failing;        /* items */
	double excess;          /* how many times its limit the worst CV is; 0: none fails */
	char code[COUNTY_CODE]; /* "" stands before the first */
};

struct county_line {
	struct county_rank rank;
	char name[REGION_NAME];
	enum county_state state;
	int64_t version; /* as in struct county_status */
	int64_t accepted_version;
	char computed_at[TIME_TEXT]; /* "" without a result */
	char *failing;               /* owned: names of items with commas between, in their order */
	char *missing;               /* owned: those that are no_data or undefined */
	char worst[ITEM_NAME];       /* the item whose CV is the most over its limit; "": none */
	double worst_value;
	double worst_limit;
};

struct county_lines {
	char period[PERIOD_CODE];
	struct county_line *items;
	size_t n;
};

struct county_lines_query {
	const char *region;
	const char *period; /* "" as above */
	const char *state;  /* "" any */
	const char *item;   /* that fails; "" any */
	struct county_rank after;
	int limit;
};

/* ERR_NOT_FOUND as above. */
enum err store_county_lines(struct store *store, const struct county_lines_query *query,
			    struct county_lines *out, struct err_info *info) MUST_CHECK;
void county_lines_release(struct county_lines *lines);

static inline void auto_lines_release(struct county_lines *l)
{
	county_lines_release(l);
}
#define auto_lines AUTO(auto_lines_release)

#endif
