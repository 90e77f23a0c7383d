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

/* Takes the pieces of a body as they come, and ends it with false. */
typedef bool http_receive(const char *data, size_t len, void *context);

#define HTTP_HEADERS 3

struct http_request {
	const char *method;
	const char *path;
	const char *type;                  /* of the body; NULL: application/json */
	const char *headers[HTTP_HEADERS]; /* more lines, "Name: value"; NULL ends them */
	const char *body;                  /* NULL: none */
	size_t len;
	http_receive *receive; /* of an answer 200, which is then not kept; NULL: it is kept */
	void *context;
	const volatile sig_atomic_t *stop; /* what is not 0 ends the exchange; NULL */
	long timeout_s;                    /* of the whole; 0: it ends when nothing moved for a
					    * minute */
};

/* One exchange. False when there was no answer: info says why. Any status is an answer. */
bool http_send(struct http *http, const struct http_request *rq, struct http_answer *out,
	       struct err_info *info) MUST_CHECK;

/* One exchange of JSON, of a minute at most; body may be NULL. */
bool http_call(struct http *http, const char *method, const char *path, const char *body,
	       size_t len, struct http_answer *out, struct err_info *info) MUST_CHECK;

/* A stream of events; of an answer that is none the body is in *out. Returns when the body ends or
 * nothing came for a while, or *stop is set. */
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
