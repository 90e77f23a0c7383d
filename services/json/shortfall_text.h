/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the ledger lacks, in the words of the table that offices hand in: Chinese. */
#ifndef JSON_SHORTFALL_TEXT_H
#define JSON_SHORTFALL_TEXT_H

#include <stdbool.h>

#include "base/buf.h"

#define SHORTFALL_TITLE      512
#define SHORTFALL_LINE       96
#define SHORTFALL_TEXT_BYTES 32000 /* of a cell, which takes 32,767 characters */

struct shortfall_words {
	char title[SHORTFALL_TITLE];
	char value[SHORTFALL_LINE]; /* 现状 "0.502", "3 所未达标", "未达标" */
	char limit[SHORTFALL_LINE]; /* 标准 "≤ 0.5", "每所学校达标", "达标" */
	char gap[SHORTFALL_LINE];   /* 差距 "0.0018", "3 所", "2.5 个百分点"; "" none */
	struct buf details;         /* owned: figures, then a line a school */
};

/* shortfall: as json_write_shortfall() wrote it; value and limit: NULL where there is none. Texts
 * that are too long are cut. ERR_DB when it is no JSON; ERR_NOMEM. */
enum err json_shortfall_words(const char *shortfall, const double *value, const double *limit,
			      struct shortfall_words *out, struct err_info *info) MUST_CHECK;

static inline void auto_shortfall_words_release(struct shortfall_words *w)
{
	buf_release(&w->details);
}
#define auto_shortfall_words AUTO(auto_shortfall_words_release)

/* A list of texts, a line each, without more than fits in a cell. */
void json_text_lines(const char *list, struct buf *out);

#endif
