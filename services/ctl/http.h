/* SPDX-License-Identifier: Apache-2.0 */
/* The API as junhengctl calls it: one connection that is kept, for one thread. */
#ifndef CTL_HTTP_H
#define CTL_HTTP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"

struct http;

/* Call before the first thread starts. */
enum err http_global_init(struct err_info *info) MUST_CHECK;

/* The key: JUNHENG_KEY, else what JUNHENG_KEY_FILE holds, else var/admin.key when that can
 * be read, else none. ERR_CONFIG when the named file cannot be read or holds no key. */
#define HTTP_KEY 129
enum err http_key(const struct config *config, char out[HTTP_KEY],
		  struct err_info *info) MUST_CHECK;

enum err http_new(const char *base_url, const char *key, struct http **ret_http,
		  struct err_info *info) MUST_CHECK;
/* Accepts NULL. */
void http_free(struct http *http);

struct http_answer {
	long status;
	long retry_after_s; /* 0: not said */
	const char *body;   /* borrowed until the next call; terminated */
	size_t len;
};

/* One exchange, of a minute at most; body may be NULL. False when there was no answer:
 * info says why. Any status is an answer. */
bool http_call(struct http *http, const char *method, const char *path, const char *body,
	       size_t len, struct http_answer *out, struct err_info *info) MUST_CHECK;

/* The same with one more header line, "Name: value" of at most 200 bytes. */
bool http_call_with(struct http *http, const char *header, const char *method, const char *path,
		    const char *body, size_t len, struct http_answer *out,
		    struct err_info *info) MUST_CHECK;

/* A body that does not end: receive gets its pieces as they come, and ends it with false.
 * Only of an answer 200; of another one the body is in *out. Returns when the body ends or
 * nothing came for a while, or *stop is set. */
typedef bool http_receive(const char *data, size_t len, void *context);
bool http_stream(struct http *http, const char *path, const char *last_event_id,
		 http_receive *receive, void *context, const volatile sig_atomic_t *stop,
		 struct http_answer *out, struct err_info *info) MUST_CHECK;

/* What an answer that is no success says, for a person: the problem's title and detail, and
 * each of its errors on a line of its own. */
void http_explain(const struct http_answer *answer, struct buf *out);

static inline void auto_http_release(struct http **h)
{
	http_free(*h);
}
#define auto_http AUTO(auto_http_release)

#endif
