/* SPDX-License-Identifier: Apache-2.0 */
/* What share of its counties a region wants by a year, against how many there are. Shares
 * are exact: 30 % of ten counties is three, though 0.3 is no binary fraction. */
#ifndef DOMAIN_TARGET_H
#define DOMAIN_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/school.h"

#define SHARE_SCALE 10000 /* a share is kept in ten-thousandths */

/* "ensure" is what the region undertakes, "strive" what it hopes for. */
enum target_kind { TARGET_ENSURE, TARGET_STRIVE, TARGET_KINDS };

extern const char *const target_kind_names[TARGET_KINDS];

struct target {
	enum target_kind kind;
	char year[PERIOD_CODE]; /* calendar year by whose end it is wanted */
	int64_t share;          /* 0 … SHARE_SCALE */
};

/* 0 to 1 with at most four decimals; false for anything else. */
bool share_from_double(double value, int64_t *ret_share) __attribute__((warn_unused_result));

/* The fewest of so many counties that make up at least the share. counties: 0 … 10⁶. */
int64_t target_needed(int64_t share, int64_t counties);

/* The last year of what is undertaken, or of what is hoped for where nothing is undertaken: by its
 * end the region's counties are to be recognised. targets: by kind and year; 0: there are none. */
int target_last_year(const struct target *targets, size_t n);

/* How many are lacking, 0 when enough have it. */
int64_t target_short(int64_t needed, int64_t have);

#endif
