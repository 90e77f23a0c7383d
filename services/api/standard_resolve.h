/* SPDX-License-Identifier: Apache-2.0 */
/* A document as the standard that it would be among those in force. */
#ifndef API_STANDARD_RESOLVE_H
#define API_STANDARD_RESOLVE_H

#include "base/buf.h"
#include "base/problems.h"
#include "store/standards.h"

#define STANDARD_DEPTH 4 /* a standard, its base, …: country, province, prefecture, county */

/* NULL when none of the list has the id. */
struct standard_document *standard_listed(const struct standard_documents *list, const char *id);

/* Resolves the document of `id` over the base that it names, one of the list: that must exist and
 * not be based on this one itself (/base unknown_standard, cycle, too_deep), cover its region
 * (/base not_allowed), and not ask for more than this one does (weaker). ERR_MALFORMED, or
 * ERR_INVALID with problems. *out gets the id, too. */
enum err standard_resolve(const struct standard_documents *list, const char *id,
			  const char *document, size_t len, struct buf *ret_resolved,
			  struct standard *out, struct problems *problems,
			  struct err_info *info) MUST_CHECK;

#endif
