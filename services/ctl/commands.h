/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of junhengctl, a function each: what it prints for a program to read goes
 * to stdout, everything else to stderr; it returns an exit code (exits.h). */
#ifndef CTL_COMMANDS_H
#define CTL_COMMANDS_H

#include "base/config.h"
#include "ctl/args.h"

typedef int command_run(const struct config *config, const struct args *args);

/* Against the database. */
command_run cmd_migrate;
command_run cmd_key_create;
command_run cmd_key_list;
command_run cmd_key_revoke;
command_run cmd_recompute;

/* Against the API. */
command_run cmd_import;
command_run cmd_standard_list;
command_run cmd_standard_get;
command_run cmd_standard_put;
command_run cmd_standard_try;
command_run cmd_status;
command_run cmd_watch;

/* Against nothing. */
command_run cmd_sample;

#endif
