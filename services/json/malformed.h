/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a text that is no JSON, for people. Internal to this layer. */
#ifndef JSON_MALFORMED_H
#define JSON_MALFORMED_H

#include <jansson.h>

#include "base/err.h"

/* Sets ERR_MALFORMED: where it is, what is wrong there and what would be right, and what is near
 * it, if that is short. Of a text of one line, a row of many, "line 1" would only be taken for the
 * row's number: then it is the character. */
enum err malformed(const char *body, size_t len, const json_error_t *error, struct err_info *info);

#endif
