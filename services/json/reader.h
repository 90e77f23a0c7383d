/* SPDX-License-Identifier: Apache-2.0 */
/* A strict reader over Jansson: knows where it is (a JSON pointer), and notes what is wrong
 * there without stopping. Internal to this layer: a json_t never leaves it. */
#ifndef JSON_READER_H
#define JSON_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problems.h"
#include "domain/school.h"
#include "json/pointer.h"

struct reader {
	struct problems *problems;
	struct pointer at;
	size_t found; /* problems noted by this reader */
};

/* Parses one JSON object in UTF-8. ERR_MALFORMED with *info; ERR_INVALID where the text is
 * JSON but a member is doubled or a number is beyond 64 bits: then the place is noted, and
 * *ret_root is set where the rest can still be read (doubled members), else NULL. */
enum err reader_load(struct reader *r, const char *body, size_t len, json_t **ret_root,
		     struct err_info *info) MUST_CHECK;

void reader_init(struct reader *r, struct problems *problems);

/* One member or element down; the result goes to reader_leave(). */
size_t reader_enter(struct reader *r, const char *key);
size_t reader_enter_index(struct reader *r, size_t index);
void reader_leave(struct reader *r, size_t mark);

/* Something is wrong here, or with a member of here. */
void reader_problem(struct reader *r, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
void reader_missing(struct reader *r, const char *key);
void reader_unknown(struct reader *r, const char *key);

/* Notes members of an object that are none of these. */
void reader_members(struct reader *r, json_t *object, const char *const *names, size_t n);

/* Values. Each notes what is wrong and returns false, leaving *out as it was. */
bool reader_is_object(struct reader *r, const json_t *value);
bool reader_is_array(struct reader *r, const json_t *value);
bool reader_is_string(struct reader *r, const json_t *value);
bool reader_count(struct reader *r, const json_t *value, int64_t max, int64_t *out);
bool reader_amount(struct reader *r, const json_t *value, int64_t *out); /* hundredths */
/* A number of at most so many decimals, from 0 to max (in units of the last one). */
bool reader_scaled(struct reader *r, const json_t *value, int decimals, int64_t max, int64_t *out);
bool reader_bool(struct reader *r, const json_t *value, bool *out);
/* A string without control characters and not of spaces only, at most max_chars characters and
 * fewer bytes than size. */
bool reader_text(struct reader *r, const json_t *value, size_t max_chars, char *out, size_t size);
/* A string of exactly n digits; out has n + 1 bytes. */
bool reader_digits(struct reader *r, const json_t *value, size_t n, char *out);

/* A period, or a year: "2000" to "2099". */
bool reader_year(struct reader *r, const json_t *value, char out[PERIOD_CODE]);

/* The place in a list of names, -1 (noted as not_allowed, with the names) when it is none. */
int reader_choice(struct reader *r, const json_t *value, const char *const *names, int n);

/* ERR_INVALID when something was noted. */
enum err reader_result(const struct reader *r) MUST_CHECK;

static inline void auto_json_release(json_t **j)
{
	json_decref(*j);
}
#define auto_json AUTO(auto_json_release)

#endif
