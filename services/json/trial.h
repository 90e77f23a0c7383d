/* SPDX-License-Identifier: Apache-2.0 */
/* What a client wants to have tried: { "region", "period", "standard"? }. */
#ifndef JSON_TRIAL_H
#define JSON_TRIAL_H

#include "base/problems.h"
#include "domain/school.h"

struct trial_document {
	char region[COUNTY_CODE]; /* 2, 4 or 6 digits */
	char period[PERIOD_CODE];
	char *standard; /* owned: a standard's document, compact; NULL: none was sent */
};
void trial_document_release(struct trial_document *t);
static inline void auto_trial_release(struct trial_document *t)
{
	trial_document_release(t);
}
#define auto_trial AUTO(auto_trial_release)

/* A reader as in documents.h: *out is owned by the caller. */
enum err json_read_trial(const char *body, size_t len, struct trial_document *out,
			 struct problems *problems, struct err_info *info) MUST_CHECK;

#endif
