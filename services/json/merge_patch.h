/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Merge Patch (RFC 7396). Internal to this layer. */
#ifndef JSON_MERGE_PATCH_H
#define JSON_MERGE_PATCH_H

#include <jansson.h>

#include "base/err.h"

/* A new reference to the patched document in *ret_result; target may be changed and shared,
 * patch is not changed. ERR_TOO_BIG with hundreds of objects waiting; ERR_NOMEM. */
enum err merge_patch(json_t *target, json_t *patch, json_t **ret_result) MUST_CHECK;

#endif
