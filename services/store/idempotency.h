/* SPDX-License-Identifier: Apache-2.0 */
/* POST requests with an Idempotency-Key, for 24 hours each: reserved before they are handled,
 * answered once. A reservation that is neither answered nor released within a minute belongs to a
 * process that is gone: the same request takes it over, and whoever held it before can no longer
 * answer. */
#ifndef STORE_IDEMPOTENCY_H
#define STORE_IDEMPOTENCY_H

#include "store/store.h"

#define IDEMPOTENCY_KEY     129 /* bytes, with the end */
#define IDEMPOTENCY_REQUEST 32  /* bytes of a request's hash */

struct reservation {
	int64_t api_key;
	char key[IDEMPOTENCY_KEY];
	char holder[37]; /* "": nothing is reserved */
};

struct idempotent_answer {
	int status;
	const char *content_type;
	const char *etag; /* "" none */
	const char *body; /* "" none */
};

enum reserved {
	RESERVED_NOW,      /* handle it, then answer or release */
	RESERVED_ANSWERED, /* by the answer */
	RESERVED_RUNNING,  /* the first still runs */
	RESERVED_OTHER     /* the key belongs to another request */
};

/* An answer of before: the texts are owned. */
struct kept_answer {
	int status;
	char *content_type;
	char *etag;
	char *body;
};
void kept_answer_release(struct kept_answer *a);
static inline void auto_kept_release(struct kept_answer *a)
{
	kept_answer_release(a);
}
#define auto_kept AUTO(auto_kept_release)

/* api_key and key are given; holder is set with RESERVED_NOW, *out with RESERVED_ANSWERED. */
enum err store_idempotency_reserve(struct store *store, struct reservation *r,
				   const unsigned char request[IDEMPOTENCY_REQUEST],
				   enum reserved *ret_reserved, struct kept_answer *out,
				   struct err_info *info) MUST_CHECK;

/* ERR_CONFLICT when it has been taken over. */
enum err store_idempotency_answer(struct store *store, const struct reservation *r,
				  const struct idempotent_answer *answer,
				  struct err_info *info) MUST_CHECK;

/* So that the same request is handled anew. What was answered, or taken over, stays. */
enum err store_idempotency_release(struct store *store, const struct reservation *r,
				   struct err_info *info) MUST_CHECK;

#endif
