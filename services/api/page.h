/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of lists: ?limit=, an opaque ?cursor=, and the Link to the next page. */
#ifndef API_PAGE_H
#define API_PAGE_H

#include <stdint.h>

#include "api/call.h"

#define PAGE_LIMIT     100
#define PAGE_LIMIT_MAX 1000
#define CURSOR_KEY     40 /* bytes of a key, with its end */
#define CURSOR_BYTES   64

/* 1 … PAGE_LIMIT_MAX. */
enum err page_limit(struct call *c, int *ret_limit) MUST_CHECK;

/* base64url of the last key of a page: clients should not build one themselves. */
void cursor_write(const char *key, char out[CURSOR_BYTES]);
/* false when it is not one that we wrote. */
bool cursor_read(const char *cursor, char out[CURSOR_KEY]);

/* The key in ?cursor=, "" without one. */
enum err page_cursor(struct call *c, char out[CURSOR_KEY]) MUST_CHECK;

/* The same of a key that is a number, from 1; *ret_number is left as it is without one.
 * ERR_PARAMETER. */
enum err page_cursor_number(struct call *c, int64_t *ret_number) MUST_CHECK;
/* ERR_PARAMETER, and says so: a key that reads as none of the list's. */
enum err page_bad_cursor(struct call *c) MUST_CHECK;

/* Of lists that are numbered: ?after=, or ?cursor= as other lists have it, which is the same
 * number; *ret_after is left as it is without either. ERR_PARAMETER. */
enum err page_after(struct call *c, int64_t *ret_after) MUST_CHECK;
/* A number of such a list, that was sent as `name`. ERR_PARAMETER. */
enum err page_number(struct call *c, const char *text, const char *name,
		     int64_t *ret_number) MUST_CHECK;

/* Ends a list: ],"next":…} and the Link header, whose `parameter` is set to next. next NULL:
 * this was the last page. */
void page_end(struct call *c, const char *parameter, const char *next);
/* The same of a list with a ?cursor=; last: the key of the last item told, NULL: this was the last
 * page. */
void page_end_key(struct call *c, const char *last);
/* And when the key is a number. */
void page_end_number(struct call *c, bool more, int64_t last);

#endif
