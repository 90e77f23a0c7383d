/* SPDX-License-Identifier: Apache-2.0 */
/* From what the schools of a county reported to its judged figures.
 *
 * Pure: no I/O, no clock, no allocation (the rationals of GMP aside); the same
 * facts and standard give the same judgement everywhere. Verdicts are exact:
 * a record against its threshold in integers, a CV against its limit in doubles
 * where their error bound decides and in rationals where it does not. */
#ifndef DOMAIN_JUDGE_H
#define DOMAIN_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "domain/county_report.h"
#include "domain/report.h"
#include "domain/school.h"
#include "domain/standard.h"

#define COUNTY_SCHOOLS_MAX 5000 /* the largest county has some 600 */

enum status {
	STATUS_MET,
	STATUS_NOT_MET,
	STATUS_NO_DATA,
	STATUS_UNDEFINED,
	STATUS_NOT_APPLICABLE,
	STATUS_COUNT
};
/* Whether it says so or so; else there are no data, or it is not about that. */
static inline bool status_is_known(enum status status)
{
	return status == STATUS_MET || status == STATUS_NOT_MET;
}

enum verdict { VERDICT_MET, VERDICT_NOT_MET, VERDICT_INCOMPLETE, VERDICT_COUNT };

extern const char *const status_names[STATUS_COUNT];   /* "met", "not_met", … */
extern const char *const verdict_names[VERDICT_COUNT]; /* "met", "not_met", "incomplete" */

bool status_parse(const char *name, enum status *ret_status) MUST_CHECK;
bool verdict_parse(const char *name, enum verdict *ret_verdict) MUST_CHECK;

/* One school of the county. The report is all MISSING when it has not reported. */
struct school_facts {
	struct school school;
	bool reported;
	struct report report;
};

struct county_facts {
	char county[COUNTY_CODE];
	char period[PERIOD_CODE];
	int64_t version;              /* of the county and period that the facts rest on */
	struct school_facts *schools; /* borrowed; ordered by code */
	size_t n;
	/* What the county itself reported, read by the standard it is judged by; borrowed, NULL
	 * when it has not. previous: of the period before. */
	struct county_report *report;
	struct county_report *previous;
};

/* One of the seven values of one record, an exact ratio num/den of its unit. */
struct record_value {
	enum status status; /* met, not_met (below the threshold) or no_data */
	bool floor_met;     /* reaches floor_percent of the threshold */
	bool rounding_sensitive;
	bool relief;          /* a relief added to num */
	bool relief_decisive; /* without it status or floor_met would be worse */
	int64_t num;          /* num / den is the value in hundredths of its unit; 0 when no_data */
	int64_t den;          /* > 0 */
	int64_t unit;         /* > 0: what one more of the figure adds to num, see indicator.h */
	double value;         /* the same in the indicator's unit, nearest double */
	int64_t rounded;      /* the display: hundredths, half up */
};

/* A school × stage that is listed, judged and averaged. */
struct record {
	size_t school; /* index into county_facts.schools; of a campus, its parent's */
	enum stage stage;
	int64_t students; /* > 0, or MISSING */
	struct record_value values[INDICATORS];
	int met_count;
	enum status status; /* met, not_met, no_data */
};

struct indicator_judgement {
	bool has_mean; /* some record reports it: mean, sd and mean_rounded are set */
	bool has_cv;   /* … and the mean is not 0: cv and cv_rounded are set */
	double mean;
	double sd;
	double cv;
	int64_t mean_rounded; /* hundredths, half up */
	int64_t cv_rounded;   /* thousandths, half up */
	enum status cv_status;
	bool rounding_sensitive; /* judging the rounded CV would turn the status */
	size_t records_met;      /* records that reach the threshold */
	enum status schools;     /* every record reaches the threshold */
};

struct stage_judgement {
	size_t records;
	size_t records_met;
	int64_t students;    /* of the records that report them */
	enum status schools; /* every record meets the standard */
	enum status status;  /* schools and all seven CVs */
	bool has_composite;  /* all seven CVs exist */
	double composite_cv; /* their plain mean: shown, never judged */
	struct indicator_judgement indicators[INDICATORS];
};

/* One condition of an item: of the county, or of each school. */
struct condition_judgement {
	enum status status;
	bool has_value;  /* ratio, growth, groups (in total) of the county */
	double value;    /* in the condition's measure, nearest double … */
	int64_t rounded; /* … as displayed: tenths of a percent, else hundredths */
	bool rounding_sensitive;
};

struct item_judgement {
	enum status status;
	bool rounding_sensitive; /* of some condition, or of a school by it */
	/* Of items with conditions of schools: those that these are about, that have reported, and
	 * how they stand by all of them. */
	size_t schools;
	size_t schools_met;
	size_t schools_failed;
	size_t relieved[RELIEF_COUNT]; /* schools that would fail without the relief */
	int n;                         /* as many as the standard's item has */
	struct condition_judgement conditions[CONDITIONS_MAX];
};

/* Some 20 KB. */
struct county_judgement {
	enum verdict verdict;
	size_t missing_schools; /* expected to report, but have not: see school_is_missing() */
	struct stage_judgement stages[JUDGED_STAGES];
	size_t items_n; /* the standard's */
	struct item_judgement items[STANDARD_ITEMS_MAX];
};

/* How the parts add up (domain/merged.h and indicator.h have the schools' side):
 *
 *	A CV      no_data while a record of the stage lacks the figure or a school
 *	          of a kind with the stage is missing; undefined when the mean is
 *	          0; not_applicable without any record.
 *	schools   not_met when a record fails; else no_data when one is unknown or
 *	          a school is missing; else met, or not_applicable.
 *	A stage   the worst of schools and its seven CVs: not_met, no_data,
 *	          undefined, met. A stage that is not_applicable does not count.
 *	Items     those of the standard besides section 4: see items.h.
 *	Verdict   not_met when a stage or an item is; met when a stage is met and all
 *	          else is met or not_applicable; else incomplete: also without any
 *	          record at all.
 *
 * Judges a county. Records are written to records[0..*ret_n), ordered by stage
 * and then by school code; cap must be at least JUDGED_STAGES × facts->n.
 * ERR_TOO_BIG when there are more than COUNTY_SCHOOLS_MAX schools or cap is too
 * small; otherwise it cannot fail: bad data were refused before they got here.
 * Needs some 60 KB of stack. */
enum err county_judge(const struct county_facts *facts, const struct standard *standard,
		      struct record *records, size_t cap, size_t *ret_n,
		      struct county_judgement *out) MUST_CHECK;

/* Of the records as it wrote them, those of a stage: *ret_n of them. */
const struct record *judged_records(const struct county_judgement *judged,
				    const struct record *records, enum stage stage, size_t *ret_n);

/* The status of "every one of n things is met": `failed` of them are not, `unknown` ones may
 * not be; things that are not even listed may be counted as unknown. */
enum status status_of_all(size_t n, size_t failed, size_t unknown);

/* The worse of two that are both necessary: not_met, no_data, undefined, met; what is
 * not_applicable says nothing. */
enum status status_worst(enum status a, enum status b);

/* Open, of a judged kind, founded by that school year, and not reported: its stages' CVs have
 * no data. */
bool school_is_missing(const struct school_facts *s, const char *period);
/* … and of a kind with this stage. */
bool school_is_missing_from(const struct school_facts *s, const char *period, enum stage stage);

/* "R1" … "R7", and whether the value is per hundred pupils. */
extern const struct indicator {
	const char *code;
	const char *zh;
	const char *en;
	bool per_hundred;
	bool site;          /* split between the stages of an integrated school */
	const char *relief; /* the relief that may add to it, or NULL */
} indicators[INDICATORS];

#endif
