/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what the service answers; the keys are the contract's. */
#ifndef CTL_WORDS_H
#define CTL_WORDS_H

#include "ctl/table.h"

struct word {
	const char *key;
	const char *text;
	enum colour colour;
};

/* The key itself where there is no word for it. */
struct word word_of(const char *key);

/* To stdout, in its colour. */
void word_print(const char *key);
void word_cell(struct table *t, const char *key);

#endif
