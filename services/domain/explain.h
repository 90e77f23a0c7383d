/* SPDX-License-Identifier: Apache-2.0 */
/* Why a judgement is what it is: which records make a CV, what a record lacks.
 *
 * Pure arithmetic over the records of one stage as county_judge() wrote them; the
 * arrays that results go to are the caller's. Verdicts and lacks are exact integers;
 * shares of a CV are doubles, being there to be looked at.
 *
 *	c_i = (P_i / P) · ((X_i − mean) / mean)²        sum c_i = CV²
 *
 * X_i − mean is taken from differences of exact ratios, so that shares tell records
 * apart however small the CV is, and scaled so that their sum is the CV's square to
 * the last digits. */
#ifndef DOMAIN_EXPLAIN_H
#define DOMAIN_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/item.h"
#include "domain/judge.h"
#include "domain/merged.h"

enum explain_part {
	EXPLAIN_CV,      /* "R2.primary.cv": the difference between schools */
	EXPLAIN_SCHOOLS, /* "R2.primary.schools": every record reaches the threshold of one */
	EXPLAIN_RECORDS, /* "schools.primary": every record meets the standard */
	EXPLAIN_ITEM,    /* "G3": an item of the standard, whether it has it or not */
};

struct explain_item {
	char name[ITEM_NAME];
	enum explain_part part;
	enum stage stage;
	int indicator; /* 0…6; -1 with EXPLAIN_RECORDS and EXPLAIN_ITEM */
};

/* false, and *out untouched, when no item can have that name. */
bool explain_item_parse(const char *name, struct explain_item *out) MUST_CHECK;

/* --- a CV ----------------------------------------------------------------------- */

/* The county's amount of what the indicator counts: teachers, m², yuan, rooms. */
struct explain_total {
	size_t records;   /* that have the value */
	int64_t students; /* theirs */
	bool exact;       /* total is hundredths / 100; false where shared sites leave fractions */
	int64_t hundredths; /* 0 unless exact */
	double total;       /* the nearest double */
};
void explain_total(const struct record *records, size_t n, int indicator,
		   struct explain_total *out);

struct contribution {
	size_t record;    /* index into records */
	double deviation; /* X_i − mean, in the indicator's unit */
	double share;     /* c_i; 0 without a CV */
	double percent;   /* of CV²; 0 when that is 0 */
};

/* Of the records that have the value, largest share first; out has room for n. *j is the
 * judgement of the same records. Returns how many there are. */
size_t explain_cv(const struct record *records, size_t n, int indicator,
		  const struct indicator_judgement *j, struct contribution *out);

/* Those of them that are below the mean: more there would lessen the CV. */
size_t explain_below_mean(const struct record *records, size_t n, int indicator,
			  const struct indicator_judgement *j, struct contribution *out);

/* The CV if record skip were not there; false when it had none (nothing left, or nothing
 * but zeros). Walks all records: n steps. */
bool explain_cv_without(const struct record *records, size_t n, int indicator, size_t skip,
			double *ret_cv) MUST_CHECK;

/* --- what schools lack ------------------------------------------------------------ */

/* How the records stand, by one indicator or (indicator -1) as a whole. */
struct explain_counts {
	size_t met;
	size_t not_met;
	size_t no_data;
	enum status status;      /* of "every record is met" */
	bool rounding_sensitive; /* judging the displayed figures (or, where the standard does
				    that, the exact ones) would turn it */
};
/* missing: schools of the stage that have not reported. */
void explain_count(const struct record *records, size_t n, int indicator, const struct standard *s,
		   size_t missing, struct explain_counts *out);

/* Whether judging the other way round, displayed for exact, would turn one record's status. */
bool explain_sensitive(const struct record *r, int indicator, const struct standard *s);

/* The records that are not met, then those without data; worst first (fewest indicators met,
 * or lowest value), then in the order of records. out has room for n indices. */
struct shortfall {
	size_t record;
	double rank;
};
size_t explain_shortfalls(const struct record *records, size_t n, int indicator,
			  struct shortfall *out);

/* Those of them whose record as a whole is not met. */
size_t explain_failing(const struct record *records, size_t n, struct shortfall *out);

/* The least that the reported figure must grow by, all else staying as it is: whole persons
 * or rooms, or hundredths of m² or yuan; 0 when it is enough; INT64_MAX when more. Of a
 * shared site it is the whole site's figure that grows, and share_… says how much of that
 * is the stage's, in hundredths, rounded up. */
struct lack {
	bool shared;
	int64_t to_threshold;
	int64_t to_floor;
	int64_t share_to_threshold; /* 0 unless shared, as the next */
	int64_t share_to_floor;
};
/* The record has the value. */
void explain_lack(const struct record *r, const struct standard *s, int indicator,
		  struct lack *out);

/* The fewest indicators to raise so that the record meets the standard: those that are short
 * go to their threshold, but for as many as may stay at their floor (one of seven). To stay
 * are chosen those that are at their floor already, then those whose floor takes less than
 * their threshold does; of several, those furthest below their threshold, in proportion to
 * it. Values without data are taken to reach theirs. */
enum lift { LIFT_NONE, LIFT_FLOOR, LIFT_THRESHOLD };
void explain_lift(const struct record *r, const struct standard *s, enum lift out[INDICATORS]);

/* --- figures ------------------------------------------------------------------------ */

/* A reported figure: of a stage, or (stage -1) of the site. */
struct figure_ref {
	int stage;
	int field; /* enum stage_field or enum site_field */
};

/* The figure that raises an indicator of a stage when it grows, and all else stays. */
struct figure_ref explain_figure(enum stage stage, int indicator);

#define EXPLAIN_FIGURES_MAX (STAGE_COUNT + 2)

/* The figures for want of which a record has no data for an indicator. Returns how many. */
size_t explain_missing(const struct merged *m, enum stage stage, int indicator,
		       struct figure_ref out[EXPLAIN_FIGURES_MAX]);

#endif
