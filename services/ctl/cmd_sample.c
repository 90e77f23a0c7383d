/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "ctl/commands.h"
#include "ctl/exits.h"
#include "ctl/sample.h"

int cmd_sample(const struct config *config, const struct args *args)
{
	struct err_info info = { .text = "" };
	enum err e;

	(void)config;
	e = sample_write(args->words[0], stdout, &info);
	return e == ERR_OK ? CTL_OK : exit_saying(e, &info);
}
