/* SPDX-License-Identifier: Apache-2.0 */
/* Bulletins: what a region publishes of its counties. One is made as one transaction:
 *
 *	store_publication_begin()   reads the counties in one snapshot, numbers the bulletin
 *	…                           the caller renders it
 *	store_publication_commit()  keeps the bytes, which nothing changes any more
 *
 * A bulletin is kept as its bytes and, to be compared with, as what it says of each county. Whoever
 * publishes waits for others who do, and for nobody else. */
#ifndef STORE_PUBLICATIONS_H
#define STORE_PUBLICATIONS_H

#include "base/timeutil.h"
#include "domain/standard.h"
#include "store/idempotency.h"
#include "store/summary.h"

#define PUBLICATION_TITLE 401
#define PUBLICATION_NOTE  4001

/* Which bulletin. */
struct publication_ref {
	int64_t id; /* 0: none */
	int64_t number;
};

struct publication {
	struct publication_ref ref;
	char region[COUNTY_CODE];
	char name[REGION_NAME]; /* of the region, then */
	char period[PERIOD_CODE];
	char title[PUBLICATION_TITLE]; /* "" none */
	char note[PUBLICATION_NOTE];   /* "" none */
	char published_at[TIME_TEXT];
};

/* What a bulletin says of a county. */
struct published_county {
	char code[COUNTY_CODE];
	char name[REGION_NAME];
	char prefecture[REGION_NAME]; /* its name, "" when it is no known region */
	enum county_state state;
	bool behind;                /* changes were accepted that the figures do not rest on */
	char standard[STANDARD_ID]; /* "" without a result */
	int64_t standard_version;
	int64_t version;
	char computed_at[TIME_TEXT]; /* "" without a result */
	int64_t missing_schools;
	const char *failing; /* names of items with commas between */
	const char *missing;
	const char *stages; /* JSON objects, as they are told */
	const char *items;
};

/* A county of which something else is said. */
struct correction {
	char code[COUNTY_CODE];
	char name[REGION_NAME];
	char from[16]; /* verdict or county state; "": it was not there */
	char to[16];
	int64_t from_version; /* 0: none */
	int64_t to_version;
	const char *items; /* a JSON array: { item, from, to } */
	int64_t number;    /* of the bulletin that first said so; 0: none yet */
};

struct corrections {
	struct correction *items; /* by code */
	size_t n;
	void *rows; /* the store's: what the texts point into */
};
void corrections_release(struct corrections *list);
static inline void auto_corrections_release(struct corrections *l)
{
	corrections_release(l);
}
#define auto_corrections AUTO(auto_corrections_release)

struct publishing; /* owned by the store: a connection with an open transaction */

struct bulletin {
	struct publication head;
	struct publication_ref corrects;   /* the one before, of the same region and period */
	struct published_county *counties; /* by code */
	size_t n;
	struct corrections corrections; /* against that one */
	void *rows;                     /* the store's */
};

/* Of *wanted, region, period, title and note are read. The bulletin is borrowed until commit or
 * abort. ERR_INVALID naming /region (not_allowed: unknown) or /period (no_data: nobody has
 * reported); ERR_CONFLICT while counties are behind, unless allow_behind. */
enum err store_publication_begin(struct store *store, const struct actor *actor,
				 const struct publication *wanted, bool allow_behind,
				 struct publishing **ret_p, const struct bulletin **ret_bulletin,
				 struct err_info *info) MUST_CHECK;

/* Keeps the bulletin's bytes as JSON and as a page, and commits; frees p, whether it succeeds or
 * not. With a reservation (NULL: none) the answer is
 * kept in the same transaction; ERR_CONFLICT when the reservation has been taken over. */
enum err store_publication_commit(struct publishing *p, const char *body, const char *page,
				  const struct reservation *reservation,
				  const struct idempotent_answer *answer,
				  struct err_info *info) MUST_CHECK;

/* Rolls back and frees. Accepts NULL. */
void store_publication_abort(struct publishing *p);

/* The bytes; owned by the caller. ERR_NOT_FOUND. */
enum err store_publication_body(struct store *store, int64_t id, char **ret_body,
				struct err_info *info) MUST_CHECK;
enum err store_publication_page(struct store *store, int64_t id, char **ret_page,
				struct err_info *info) MUST_CHECK;

/* A bulletin, the last one of the same region and period, and of which counties that one says
 * otherwise. With pending not NULL, also of which counties the next one would say otherwise than
 * that one. All of one moment. ERR_NOT_FOUND. */
enum err store_publication_corrections(struct store *store, int64_t id, struct publication *out,
				       struct publication_ref *ret_latest,
				       struct corrections *ret_corrected,
				       struct corrections *ret_pending,
				       struct err_info *info) MUST_CHECK;

struct publication_query {
	const char *region; /* a prefix, "" any */
	const char *period; /* "" any */
	int64_t before;     /* ids below this one; 0: from the latest on */
	int limit;
};

struct publication_list {
	struct publication *items; /* the latest first */
	size_t n;
};
void publication_list_release(struct publication_list *list);
static inline void auto_publications_release(struct publication_list *l)
{
	publication_list_release(l);
}
#define auto_publications AUTO(auto_publications_release)

enum err store_publications_list(struct store *store, const struct publication_query *query,
				 struct publication_list *out, struct err_info *info) MUST_CHECK;

#endif
