/* SPDX-License-Identifier: Apache-2.0 */
#include "api/import_crew.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_RECORDS 512
#define BATCH_CELLS   (BATCH_RECORDS * 48)
#define BATCH_BYTES   (2 * RECORD_BYTES)
#define SEND_BYTES \
	((size_t)512 << 10) /* a batch that makes more, of mistakes, is sent in between */

struct batch_record {
	int64_t row;
	bool too_long;
	size_t cell; /* the first of its cells */
	size_t cells;
};

struct batch_cell {
	size_t at;
	size_t len;
};

struct batch {
	int64_t number;
	size_t n;
	size_t looked_at;
	size_t cells;
	size_t used;
	struct crew_out out;
	enum err err;
	struct err_info info;
	struct batch_record record[BATCH_RECORDS];
	struct batch_cell cell[BATCH_CELLS];
	char text[BATCH_BYTES];
};

struct queue {
	struct batch *item[CREW_BATCHES];
	size_t first;
	size_t n;
};

struct worker {
	struct crew *crew;
	void *context;
	pthread_t thread;
};

struct crew {
	crew_look *look;
	struct batch *batches[CREW_BATCHES];
	struct worker workers[CREW_THREADS];
	size_t threads;
	/* Of the caller's thread only. */
	struct import_counts *counts;
	struct batch *filling;
	int64_t number;
	pthread_mutex_t sending; /* of st */
	struct staging *st;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work;
	pthread_cond_t done;
	struct queue empty;
	struct queue waiting;
	struct import_counts sum; /* of what was sent, and the caller does not know yet */
	int64_t mistakes;         /* that were sent */
	enum err err;
	struct err_info info;
	int64_t failed; /* the batch of err */
	bool stopping;
};

static void put(struct queue *q, struct batch *b)
{
	q->item[(q->first + q->n++) % CREW_BATCHES] = b;
}

static struct batch *take(struct queue *q)
{
	struct batch *b = q->item[q->first];

	q->first = (q->first + 1) % CREW_BATCHES;
	q->n--;
	return b;
}

/* --- the threads -------------------------------------------------------------------------- */

static void record_at(const struct batch *b, size_t i, struct file_record *out)
{
	const struct batch_record *r = &b->record[i];

	out->row = r->row;
	out->too_long = r->too_long;
	out->n = r->cells;
	for (size_t c = 0; c < r->cells; c++) {
		out->cell[c] = b->text + b->cell[r->cell + c].at;
		out->len[c] = b->cell[r->cell + c].len;
	}
}

/* Some of a batch: until there is as much as is sent at once. */
static void look_at(const struct worker *w, struct batch *b)
{
	struct file_record record;

	while (b->looked_at < b->n && b->err == ERR_OK &&
	       stage_rows_bytes(b->out.rows) < SEND_BYTES) {
		record_at(b, b->looked_at, &record);
		b->err = w->crew->look(&record, w->context, &b->out, &b->info);
		b->looked_at++;
	}
}

/* What was found before an error is sent, too. */
static void send_on(struct crew *crew, struct batch *b)
{
	struct err_info info = { .code = ERR_OK };
	enum err e;

	pthread_mutex_lock(&crew->sending);
	e = stage_send(crew->st, b->out.rows, &info);
	pthread_mutex_unlock(&crew->sending);
	if (e != ERR_OK && b->err == ERR_OK) {
		b->err = e;
		b->info = info;
	}
}

/* Of several errors, that of the first batch: what comes later may follow from it. */
static void fail(struct crew *crew, const struct batch *b)
{
	if (crew->err != ERR_OK && crew->failed < b->number)
		return;
	crew->err = b->err;
	crew->info = b->info;
	crew->failed = b->number;
}

static void add_counts(struct import_counts *sum, struct import_counts *of)
{
	sum->rows += of->rows;
	sum->rejected += of->rejected;
	*of = (struct import_counts){ .rows = 0 };
}

static void *work(void *context)
{
	struct worker *w = context;
	struct crew *crew = w->crew;

	pthread_mutex_lock(&crew->lock);
	for (;;) {
		struct batch *b;

		while (!crew->stopping && crew->waiting.n == 0)
			pthread_cond_wait(&crew->work, &crew->lock);
		if (crew->stopping)
			break;
		/* In their order: what is sent by now is of batches before this one. */
		b = take(&crew->waiting);
		b->out.before = crew->mistakes;
		b->out.mistakes = 0;
		pthread_mutex_unlock(&crew->lock);
		do {
			look_at(w, b);
			send_on(crew, b);
		} while (b->err == ERR_OK && b->looked_at < b->n);
		pthread_mutex_lock(&crew->lock);
		add_counts(&crew->sum, &b->out.counts);
		crew->mistakes += b->out.mistakes;
		if (b->err != ERR_OK)
			fail(crew, b);
		put(&crew->empty, b);
		pthread_cond_signal(&crew->done);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

/* --- life --------------------------------------------------------------------------------- */

static enum err make_batches(struct crew *crew)
{
	for (size_t i = 0; i < CREW_BATCHES; i++) {
		struct batch *b = calloc(1, sizeof(*b));

		if (!b)
			return ERR_NOMEM;
		crew->batches[i] = b;
		b->out.rows = stage_rows_new();
		if (!b->out.rows)
			return ERR_NOMEM;
		put(&crew->empty, b);
	}
	return ERR_OK;
}

static enum err start_threads(struct crew *crew, void *const *contexts, size_t threads)
{
	for (size_t i = 0; i < threads && i < CREW_THREADS; i++) {
		struct worker *w = &crew->workers[i];

		w->crew = crew;
		w->context = contexts[i];
		if (pthread_create(&w->thread, NULL, work, w) != 0)
			return ERR_NOMEM;
		crew->threads++;
	}
	return ERR_OK;
}

enum err crew_new(crew_look *look, void *const *contexts, size_t threads, struct staging *st,
		  struct import_counts *counts, struct crew **ret_crew, struct err_info *info)
{
	auto_crew struct crew *crew = calloc(1, sizeof(*crew));
	enum err e;

	if (!crew)
		return err_set(info, ERR_NOMEM, "no memory for an import");
	crew->look = look;
	crew->st = st;
	crew->counts = counts;
	pthread_mutex_init(&crew->sending, NULL);
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->work, NULL);
	pthread_cond_init(&crew->done, NULL);
	e = make_batches(crew);
	if (e == ERR_OK)
		e = start_threads(crew, contexts, threads);
	if (e != ERR_OK)
		return err_set(info, e, "no memory for an import");
	*ret_crew = STEAL(crew);
	return ERR_OK;
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->stopping = true;
	pthread_cond_broadcast(&crew->work);
	pthread_mutex_unlock(&crew->lock);
	for (size_t i = 0; i < crew->threads; i++)
		pthread_join(crew->workers[i].thread, NULL);
	for (size_t i = 0; i < CREW_BATCHES && crew->batches[i]; i++) {
		stage_rows_free(crew->batches[i]->out.rows);
		free(crew->batches[i]);
	}
	pthread_cond_destroy(&crew->done);
	pthread_cond_destroy(&crew->work);
	pthread_mutex_destroy(&crew->lock);
	pthread_mutex_destroy(&crew->sending);
	free(crew);
}

/* --- the reader --------------------------------------------------------------------------- */

static void hand_over(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	put(&crew->waiting, crew->filling);
	pthread_cond_signal(&crew->work);
	pthread_mutex_unlock(&crew->lock);
	crew->filling = NULL;
}

/* Until so many batches are at rest; what was sent meanwhile is counted. */
static enum err wait_for(struct crew *crew, size_t n, struct err_info *info)
{
	enum err e;

	pthread_mutex_lock(&crew->lock);
	while (crew->empty.n < n)
		pthread_cond_wait(&crew->done, &crew->lock);
	add_counts(crew->counts, &crew->sum);
	e = crew->err;
	if (e != ERR_OK)
		*info = crew->info;
	pthread_mutex_unlock(&crew->lock);
	return e;
}

static enum err next_batch(struct crew *crew, struct err_info *info)
{
	struct batch *b;
	const enum err e = wait_for(crew, 1, info);

	if (e != ERR_OK)
		return e;
	pthread_mutex_lock(&crew->lock);
	b = take(&crew->empty);
	pthread_mutex_unlock(&crew->lock);
	b->number = ++crew->number;
	b->n = b->looked_at = b->cells = b->used = 0;
	b->err = ERR_OK;
	crew->filling = b;
	return ERR_OK;
}

static bool has_room(const struct batch *b, const struct file_record *record, size_t bytes)
{
	return b->n < BATCH_RECORDS && record->n <= BATCH_CELLS - b->cells &&
	       bytes <= sizeof(b->text) - b->used;
}

enum err crew_add(struct crew *crew, const struct file_record *record, struct err_info *info)
{
	size_t bytes = 0;
	struct batch *b;
	enum err e = ERR_OK;

	for (size_t i = 0; i < record->n; i++)
		bytes += record->len[i] + 1;
	if (crew->filling && !has_room(crew->filling, record, bytes))
		hand_over(crew);
	if (!crew->filling)
		e = next_batch(crew, info);
	if (e != ERR_OK)
		return e;
	b = crew->filling;
	b->record[b->n++] = (struct batch_record){ .row = record->row,
						   .too_long = record->too_long,
						   .cell = b->cells,
						   .cells = record->n };
	for (size_t i = 0; i < record->n; i++) {
		b->cell[b->cells++] = (struct batch_cell){ .at = b->used, .len = record->len[i] };
		memcpy(b->text + b->used, record->cell[i], record->len[i] + 1);
		b->used += record->len[i] + 1;
	}
	return ERR_OK;
}

enum err crew_finish(struct crew *crew, struct err_info *info)
{
	if (crew->filling)
		hand_over(crew);
	return wait_for(crew, CREW_BATCHES, info);
}
