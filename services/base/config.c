/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"

#define PREFIX "JUNHENG_"

extern char **environ;

enum type { TYPE_INT, TYPE_TEXT, TYPE_SECRET, TYPE_LIST };

struct setting {
	const char *name;
	size_t offset;
	enum type type;
	const char *standard; /* the default */
	long min;
	long max;
	unsigned who;
	const char *description;
};

#define A CONFIG_API
#define M CONFIG_MONITOR
#define C CONFIG_CTL
#define S CONFIG_SCRIPTS

static const struct setting settings[] = {
#define SETTING(NAME, field, type, standard, min, max, who, description)                      \
	{ PREFIX #NAME, offsetof(struct config, field), TYPE_##type, standard, min, max, who, \
	  description },
#include "base/settings.def"
#undef SETTING
};

#undef A
#undef M
#undef C
#undef S

static bool set_int(const struct setting *s, const char *text, struct config *out, FILE *mistakes)
{
	int64_t value = 0;

	if (!str_to_int64(text, &value) || value < s->min || value > s->max) {
		fprintf(mistakes,
			"%s: '%s' 不是 %ld 到 %ld 的整数 / is not a whole number from %ld to %ld\n",
			s->name, text, s->min, s->max, s->min, s->max);
		return false;
	}
	*(int *)(void *)((char *)out + s->offset) = (int)value;
	return true;
}

static bool set_text(const struct setting *s, const char *text, struct config *out, FILE *mistakes)
{
	const size_t len = strlen(text);

	if (len < (size_t)s->min || len > (size_t)s->max) {
		fprintf(mistakes, "%s: 长度须为 %ld 到 %ld 字节 / must have %ld to %ld bytes\n",
			s->name, s->min, s->max, s->min, s->max);
		return false;
	}
	*(const char **)(void *)((char *)out + s->offset) = text;
	return true;
}

static bool set(const struct setting *s, struct config *out, FILE *mistakes)
{
	const char *text = getenv(s->name);

	if (!text)
		text = s->standard;
	return s->type == TYPE_INT ? set_int(s, text, out, mistakes)
				   : set_text(s, text, out, mistakes);
}

static bool is_known(const char *variable, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		if (strlen(settings[i].name) == len && !strncmp(settings[i].name, variable, len))
			return true;
	}
	return false;
}

static bool all_known(FILE *mistakes)
{
	bool known = true;

	for (char **e = environ; *e; e++) {
		const size_t len = strcspn(*e, "=");

		if (!str_starts(*e, PREFIX) || is_known(*e, len))
			continue;
		fprintf(mistakes, "%.*s: 没有此设置 / no such setting\n", (int)len, *e);
		known = false;
	}
	return known;
}

enum err config_read(struct config *out, enum config_program program, FILE *mistakes)
{
	struct config c;
	bool good = all_known(mistakes);

	memset(&c, 0, sizeof(c));
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		/* What others read is not ours to refuse, but still has its default. */
		if (settings[i].who & program)
			good = set(&settings[i], &c, mistakes) && good;
	}
	if (!good)
		return ERR_CONFIG;
	*out = c;
	return ERR_OK;
}

void config_help(enum config_program program, FILE *out)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		const struct setting *s = &settings[i];

		if (s->who & program)
			fprintf(out, "  %-29s %s\n%34s[%s]\n", s->name, s->description, "",
				s->type == TYPE_SECRET ? "" : s->standard);
	}
}

enum err config_list(const char *list, config_each *fn, void *context)
{
	while (*list) {
		const size_t len = strcspn(list, ",");
		char element[512];
		enum err e;

		if (len >= sizeof(element))
			return ERR_CONFIG;
		memcpy(element, list, len);
		element[len] = '\0';
		if (len && (e = fn(element, context)) != ERR_OK)
			return e;
		list += len + (list[len] == ',');
	}
	return ERR_OK;
}
