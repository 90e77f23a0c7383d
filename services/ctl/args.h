/* SPDX-License-Identifier: Apache-2.0 */
/* Words and options of a command line: `--name VALUE`, `--name=VALUE`, `--flag`; `--` ends
 * the options, and `-` is a word. */
#ifndef CTL_ARGS_H
#define CTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARGS_OPTIONS 10 /* of a command, at most */
#define ARGS_WORDS   2

struct option {
	const char *name;  /* without the dashes; NULL ends a list */
	const char *value; /* what it takes, "ROLE"; NULL for a flag */
	const char *text;  /* for --help, "zh / en" */
	bool needed;       /* for --help as well: the command checks */
};

struct args {
	const struct option *options;
	const char *values[ARGS_OPTIONS]; /* by place in options; NULL when not given */
	const char *words[ARGS_WORDS];
	size_t n; /* words */
};

/* False when something is unknown, doubled or lacks its value; says so in mistakes. */
bool args_parse(int argc, char **argv, const struct option *options, size_t words, struct args *out,
		FILE *mistakes);

/* The value of an option that the command's table has; NULL when it was not given. */
const char *args_value(const struct args *a, const char *name);
bool args_flag(const struct args *a, const char *name);

/* The value as a whole number in min … max; `standard` when it was not given. False, and
 * a line in mistakes, when it is none. */
bool args_number(const struct args *a, const char *name, int64_t standard, int64_t min, int64_t max,
		 int64_t *ret_value, FILE *mistakes);

#endif
