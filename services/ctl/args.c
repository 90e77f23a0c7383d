/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/args.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"

static int find(const struct option *options, const char *name, size_t len)
{
	for (int i = 0; options[i].name; i++) {
		if (strlen(options[i].name) == len && !strncmp(options[i].name, name, len))
			return i;
	}
	return -1;
}

/* One option; *ret_used tells whether its value was the next word. */
static bool take_option(struct args *a, const char *text, const char *next, bool *ret_used,
			FILE *mistakes)
{
	const size_t len = strcspn(text + 2, "=");
	const char *value = text[2 + len] ? text + 2 + len + 1 : NULL;
	const int i = find(a->options, text + 2, len);

	*ret_used = false;
	if (i < 0) {
		fprintf(mistakes, "没有此选项 / unknown option '%s'\n", text);
		return false;
	}
	if (a->values[i]) {
		fprintf(mistakes, "选项重复 / option given twice: --%s\n", a->options[i].name);
		return false;
	}
	if (!a->options[i].value) {
		a->values[i] = "";
		if (value)
			fprintf(mistakes, "选项不带值 / option takes no value: --%s\n",
				a->options[i].name);
		return !value;
	}
	*ret_used = !value;
	a->values[i] = value ? value : next;
	if (!a->values[i])
		fprintf(mistakes, "选项缺值 / option needs a value: --%s %s\n", a->options[i].name,
			a->options[i].value);
	return a->values[i] != NULL;
}

bool args_parse(int argc, char **argv, const struct option *options, size_t words, struct args *out,
		FILE *mistakes)
{
	struct args a = { .options = options };
	bool options_end = false;

	for (int i = 0; i < argc; i++) {
		bool used = false;

		if (!options_end && str_equal(argv[i], "--")) {
			options_end = true;
		} else if (!options_end && str_starts(argv[i], "--")) {
			if (!take_option(&a, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used,
					 mistakes))
				return false;
			i += used;
		} else if (!options_end && argv[i][0] == '-' && argv[i][1]) {
			fprintf(mistakes, "没有此选项 / unknown option '%s'\n", argv[i]);
			return false;
		} else if (a.n == words || a.n == ARGS_WORDS) {
			fprintf(mistakes, "参数过多 / one argument too many: '%s'\n", argv[i]);
			return false;
		} else {
			a.words[a.n++] = argv[i];
		}
	}
	*out = a;
	return true;
}

const char *args_value(const struct args *a, const char *name)
{
	const int i = find(a->options, name, strlen(name));

	return i < 0 ? NULL : a->values[i];
}

bool args_flag(const struct args *a, const char *name)
{
	return args_value(a, name) != NULL;
}

bool args_number(const struct args *a, const char *name, int64_t standard, int64_t min, int64_t max,
		 int64_t *ret_value, FILE *mistakes)
{
	const char *text = args_value(a, name);
	int64_t value = standard;

	if (text && (!str_to_int64(text, &value) || value < min || value > max)) {
		fprintf(mistakes,
			"--%s: 须为 %" PRId64 " 到 %" PRId64 " 的整数 / must be a whole number "
			"from %" PRId64 " to %" PRId64 "\n",
			name, min, max, min, max);
		return false;
	}
	*ret_value = value;
	return true;
}
