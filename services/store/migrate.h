/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a database to the schema that this program was built for: forward only, one
 * transaction a migration, all under an advisory lock, checksums of what was applied
 * compared. The migrations are part of the binary. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/store.h"

/* Called once for each migration that was applied; may be NULL. */
typedef void migrate_report(int version, const char *name, void *context);

/* ERR_CONFLICT when an applied migration differs from ours or is newer than ours. */
enum err store_migrate(const char *url, migrate_report *report, void *context,
		       struct err_info *info) MUST_CHECK;

/* The schema version this program expects. */
int store_schema_version(void);

#endif
