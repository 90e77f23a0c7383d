/* SPDX-License-Identifier: Apache-2.0 */
/* The store as commands use it: one connection, one thread. */
#ifndef CTL_DATABASE_H
#define CTL_DATABASE_H

#include "base/config.h"
#include "store/store.h"

/* ERR_CONFIG when JUNHENG_DATABASE_URL is not set. */
enum err database_url(const struct config *config, struct err_info *info) MUST_CHECK;
/* A store with the schema that this program was built for; ERR_DB_DOWN, ERR_CONFIG. */
enum err database_open(const struct config *config, struct store **ret_store,
		       struct err_info *info) MUST_CHECK;

#endif
