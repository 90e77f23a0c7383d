/* SPDX-License-Identifier: Apache-2.0 */
/* What a record of an import says, and whether it may: read, checked against the key and what
 * stands beside it, and staged, or its mistakes are. The rest is checked for all rows at once. */
#ifndef API_IMPORT_LOOK_H
#define API_IMPORT_LOOK_H

#include "api/call.h"
#include "api/import_crew.h"

/* Of one thread. */
struct look;
enum err look_new(struct api *api, const struct import_job *job, struct look **ret_look,
		  struct err_info *info) MUST_CHECK;
void look_free(struct look *look); /* accepts NULL */

/* A crew_look: context is a struct look. ERR_MALFORMED: the header is wrong. Each thread's look
 * needs the header of a CSV file as its first record. */
enum err look_at_record(const struct file_record *record, void *context, struct crew_out *out,
			struct err_info *info);

enum import_format import_format_of(const struct import_job *job);

#endif
