/* SPDX-License-Identifier: Apache-2.0 */
/* Judging the items of a standard besides section 4: pure and exact, like judge.h, which
 * calls this and adds the results to the county's.
 *
 *	A condition of the county   no_data while a figure it needs is missing; undefined
 *	          where it would divide by zero, or less; not_applicable where it sums figures
 *	          of schools and its filters admit none.
 *	… of each school            every merged school of a judged kind with compulsory pupils
 *	          (of the condition's stage, if it has one) that the filters admit, without
 *	          small teaching points unless the condition counts them: not_met when one
 *	          fails; else no_data when one is unknown or a school that the filters may
 *	          admit has not reported; else undefined when one is; met, or not_applicable
 *	          without any school.
 *	… rooms                     the same; classes are those of the compulsory stages
 *	          together, and each list needs ceil(classes / 12) rooms of the area. A list
 *	          that is missing is no_data, unless the other one already fails.
 *	An item   the worst of its conditions (not_met, no_data, undefined, met);
 *	          not_applicable when all are.
 *
 * Where a condition is not about anything known to be there, what is missing for it does not
 * count: without a school of fewer than 100 pupils G6 is not_applicable, also when the county
 * has not reported its base.
 *
 * growth is the part by which a figure of the county's own report has grown since the period
 * before: 3 % from 100 to 103, -3 % from 100 to 97; no_data without the report of that period
 * (and of schools, whose earlier figures are not at hand), undefined from nothing.
 *
 * judge_rounded: a value is judged as displayed, a percentage with one decimal, others with
 * two, half up; rounding_sensitive tells that this and the exact value differ. */
#ifndef DOMAIN_ITEMS_H
#define DOMAIN_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/judge.h"
#include "domain/merged.h"

/* A ratio in its measure, and how it is shown. */
struct exact_value {
	int64_t rounded; /* tenths of a percent, else hundredths; half up, below zero down */
	double value;    /* the nearest double, of the measure: 97.5 (percent), 8123.5 (yuan) */
};

/* One school against one condition of each school. */
struct school_item {
	enum status status; /* not_applicable: it is not about this school */
	bool has_value;     /* ratio */
	struct exact_value value;
	int64_t threshold; /* that it was judged by: a relief's, where that applies */
	bool rounding_sensitive;
	int relief;           /* enum relief that applies to it; -1: none */
	bool relief_decisive; /* without it, it would not be met */
	/* What the first figure of `of` must grow (or, at most, shrink) by so that the condition is
	 * met, all else staying as it is: whole persons or rooms, hundredths of m² or yuan; 0 when
	 * it is met; MISSING when no change of it can do that, or it cannot be told. */
	int64_t lack;
	/* rooms: needed of each list, and those that reach the area; have -1: missing */
	int rooms_needed;
	int64_t rooms_area[ROOM_LIST_COUNT]; /* hundredths of m² */
	int rooms_have[ROOM_LIST_COUNT];
};

/* condition: of standard->items[item]; it is of each school (condition_is_of_schools()). */
void school_item_judge(const struct county_facts *facts, const struct standard *standard,
		       size_t item, int condition, const struct merged *merged,
		       struct school_item *out);

/* The same but for the lack of what is not met, which stays MISSING: it takes a search, and only
 * who explains an item asks for it. */
void school_item_stand(const struct county_facts *facts, const struct standard *standard,
		       size_t item, int condition, const struct merged *merged,
		       struct school_item *out);

/* ratio with each_school, and rooms. */
bool condition_is_of_schools(const struct condition *c);

/* The sums of a ratio or growth of the county, as far as they are known, for whoever explains
 * it: has_… is false where a figure is missing. Counts and money alike are told in
 * hundredths. */
struct county_sums {
	bool has_of;
	bool has_to;
	int64_t of;
	int64_t to; /* 100 when the condition has no `to` */
};
void county_sums(const struct county_facts *facts, const struct merge_index *index,
		 const struct standard *standard, size_t item, int condition,
		 const struct county_report *report, struct county_sums *out);

/* Judges every item of the standard: out[0..standard->items_n). index is of the facts. */
void items_judge(const struct county_facts *facts, const struct merge_index *index,
		 const struct standard *standard, struct item_judgement *out);

/* The schools (indices into facts->schools, ascending) of which an item has this status, by any
 * of its conditions of schools; for STATUS_NO_DATA those that have not reported too. Returns how
 * many there are, and writes at most cap. */
size_t item_schools(const struct county_facts *facts, const struct merge_index *index,
		    const struct standard *standard, size_t item, enum status status, size_t *out,
		    size_t cap);

/* One group of S1, or all together. */
struct answers_share {
	enum status status; /* no_data, undefined without valid answers */
	bool has_value;
	struct exact_value value; /* percent */
	bool rounding_sensitive;
};
void answers_judge(const struct answers *answers, const struct standard *standard,
		   const struct condition *c, struct answers_share *out);
struct answers answers_total(const struct county_report *r); /* of the groups reported */

#endif
