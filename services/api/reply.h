/* SPDX-License-Identifier: Apache-2.0 */
/* An answer under construction, and the pieces that every handler needs to make one. */
#ifndef API_REPLY_H
#define API_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/problems.h"

#define BODY_BROKEN SIZE_MAX

/* A body that is made while it is sent. */
struct body_stream {
	/* Waits until there is something, and copies at most size bytes of it. 0: the end.
	 * BODY_BROKEN: the rest cannot be had, and the connection is cut, so that nobody takes it
	 * for the whole. */
	size_t (*read)(void *state, char *data, size_t size);
	void (*close)(void *state);
	void *state; /* NULL: there is none */
};

#define REPLY_BYTES_MAX (8u << 20) /* a page of 1000 records is 1.5 MB */
#define ETAG_BYTES      80
#define LINK_BYTES      1536
#define ALLOW_BYTES     64
#define FILE_NAME_BYTES 1024

struct reply {
	int status;
	const char *content_type;
	const char *cache_control;
	struct buf body;
	struct body_stream stream; /* owned; when set, the body is what it tells */
	bool streams;              /* it would be a stream: HEAD */
	char type_text[64];        /* where content_type points when it was stored */
	char etag[ETAG_BYTES];     /* with quotes; "" none */
	char link[LINK_BYTES];     /* "" none */
	char allow[ALLOW_BYTES];   /* "" none */
	char disposition[FILE_NAME_BYTES];
	const char *policy;  /* Content-Security-Policy; NULL none */
	bool vary;           /* Vary: Accept-Encoding */
	bool packed;         /* Content-Encoding: gzip */
	int retry_after_s;   /* 0 none */
	bool authenticate;   /* WWW-Authenticate: Bearer */
	bool close;          /* ask the client not to reuse the connection */
	char request_id[65]; /* X-Request-Id */
};

void reply_init(struct reply *rp);
void reply_release(struct reply *rp); /* the stream is the server's by then */

/* Empties the body and says what went wrong: RFC 9457. Of errors that are ours (5xx) only
 * the general text is told; what happened is for the log. */
void reply_problem(struct reply *rp, enum err code, const struct err_info *info,
		   const struct problems *problems, const char *request_id);

/* Calls fn for each header of the answer that is its own: all but Date, Content-Length and what the
 * HTTP library adds. */
typedef void reply_header_fn(void *context, const char *name, const char *value);
void reply_headers(const struct reply *rp, reply_header_fn *fn, void *context);

/* Content-Disposition: how ("attachment", "inline") and under which name it is kept: plain for old
 * clients, in UTF-8 for all others (RFC 6266). */
void reply_file(struct reply *rp, const char *how, const char *ascii, const char *name);

/* "41" */
void reply_etag_version(struct reply *rp, int64_t version);
/* "41-", and the tag of the body's bytes: of a version with more than the version tells. As
 * If-Match it is as good as "41". */
void reply_etag_version_body(struct reply *rp, int64_t version);
#define BODY_TAG_DIGITS 32 /* hexadecimal */
/* A tag from the body's bytes, unless there is one. */
void reply_etag_body(struct reply *rp);
/* "41" becomes "41-gzip". */
void reply_etag_packed(struct reply *rp);

#endif
