/* SPDX-License-Identifier: Apache-2.0 */
/* Settings, read once at start from the environment. Every mistake is reported at
 * once, an unknown JUNHENG_… name included: a misspelt setting never means a default. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdio.h>

#include "base/err.h"

enum config_program { CONFIG_API = 1, CONFIG_MONITOR = 2, CONFIG_CTL = 4, CONFIG_SCRIPTS = 8 };

struct config {
#define CONFIG_TYPE_INT                 int
#define CONFIG_TYPE_TEXT                const char *
#define CONFIG_TYPE_SECRET              const char *
#define CONFIG_TYPE_LIST                const char *
#define SETTING(NAME, field, type, ...) CONFIG_TYPE_##type field;
#include "base/settings.def"
#undef SETTING
};

/* Texts point into the environment: do not change it afterwards. On ERR_CONFIG every
 * mistake has been written to `mistakes`, a line each. */
enum err config_read(struct config *out, enum config_program program, FILE *mistakes) MUST_CHECK;

/* The settings of a program as a table for --help: name, default, description. */
void config_help(enum config_program program, FILE *out);

/* Calls fn for each element of a LIST, until it fails. */
typedef enum err config_each(const char *element, void *context);
enum err config_list(const char *list, config_each *fn, void *context) MUST_CHECK;

#endif
