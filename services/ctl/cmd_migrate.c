/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "ctl/commands.h"
#include "ctl/database.h"
#include "ctl/exits.h"
#include "store/migrate.h"

static void report(int version, const char *name, void *context)
{
	int *applied = context;

	printf("%04d %s\n", version, name);
	++*applied;
}

int cmd_migrate(const struct config *config, const struct args *args)
{
	struct err_info info = { .text = "" };
	int applied = 0;
	enum err e;

	(void)args;
	e = database_url(config, &info);
	if (e == ERR_OK)
		e = store_migrate(config->database_url, report, &applied, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	fprintf(stderr, "结构版本 / schema version %d, 本次应用 / applied now %d\n",
		store_schema_version(), applied);
	return CTL_OK;
}
