/* SPDX-License-Identifier: Apache-2.0 */
#include "api/importer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/priority.h"
#include "base/timeutil.h"
#include "base/wait.h"
#include "store/import_list.h"

#define WORKERS 2
#define LOOK_MS 1000
#define PAUSES  64 /* of further jobs nothing is known: they are tried at each look */

/* A job that was left because somebody keeps its county. To try it is to read all of it again. */
struct pause {
	int64_t job; /* 0: none */
	int64_t until_us;
	int64_t ms;
};

struct importer {
	struct api *api;
	pthread_t threads[WORKERS];
	int started;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work;
	pthread_cond_t moved;
	int64_t woken; /* how often */
	bool stopping;
	struct pause pauses[PAUSES];
};

struct worker {
	struct importer *im;
	int64_t max_bytes;
	bool sweeps;
};

/* Waits for a wake-up after *seen. */
static bool next_look(struct importer *im, int64_t *seen)
{
	const int64_t until_us = time_monotonic_us() + LOOK_MS * 1000;
	bool waits = true, stopping;

	pthread_mutex_lock(&im->lock);
	while (!im->stopping && im->woken == *seen && waits)
		waits = wait_until(&im->work, &im->lock, until_us);
	*seen = im->woken;
	stopping = im->stopping;
	pthread_mutex_unlock(&im->lock);
	return !stopping;
}

/* --- pauses ------------------------------------------------------------------------------- */

static struct pause *find_pause(struct importer *im, int64_t job)
{
	for (size_t i = 0; i < PAUSES; i++) {
		if (im->pauses[i].job == job)
			return &im->pauses[i];
	}
	return NULL;
}

/* Whether a job is not to be tried now. One that is due is so for whoever asks first, until
 * note_try(). */
static bool is_paused(struct importer *im, int64_t job)
{
	struct pause *p;
	bool paused;

	pthread_mutex_lock(&im->lock);
	p = find_pause(im, job);
	paused = p && time_monotonic_us() < p->until_us;
	if (p && !paused)
		p->until_us = INT64_MAX;
	pthread_mutex_unlock(&im->lock);
	return paused;
}

/* One for a job that has none: free, or of the job whose turn is the next, or long over. */
static struct pause *new_pause(struct importer *im)
{
	struct pause *next = &im->pauses[0];

	for (size_t i = 0; i < PAUSES && next->job; i++) {
		if (!im->pauses[i].job || im->pauses[i].until_us < next->until_us)
			next = &im->pauses[i];
	}
	*next = (struct pause){ .ms = 0 };
	return next;
}

static int64_t longer(int64_t ms)
{
	if (!ms)
		return IMPORT_PAUSE_MS;
	return 2 * ms < IMPORT_PAUSE_MAX_MS ? 2 * ms : IMPORT_PAUSE_MAX_MS;
}

static void note_try(struct importer *im, int64_t job, bool kept)
{
	struct pause *p;

	pthread_mutex_lock(&im->lock);
	p = find_pause(im, job);
	if (!p && kept)
		p = new_pause(im);
	if (p && kept)
		*p = (struct pause){ job, time_monotonic_us() + longer(p->ms) * 1000,
				     longer(p->ms) };
	else if (p)
		p->until_us = 0; /* it has ended, or another API has it */
	pthread_mutex_unlock(&im->lock);
}

static void try_job(struct importer *im, const struct import_waiting *job)
{
	bool kept = false;

	if (!job->cancelled && is_paused(im, job->id))
		return;
	import_run(im->api, job->id, &kept);
	note_try(im, job->id, kept);
	importer_moved(im);
}

/* --- looking ------------------------------------------------------------------------------ */

/* Each job that waits is tried once, however many of them have to be left. */
static void look(struct importer *im, int64_t max_bytes)
{
	struct import_waiting jobs[IMPORT_WAITING_MAX];
	int64_t after = 0;
	int n = IMPORT_WAITING_MAX;

	while (n == IMPORT_WAITING_MAX) {
		if (store_import_waiting(im->api->store, max_bytes, after, jobs, &n, NULL) !=
		    ERR_OK)
			return; /* who asks /readyz knows */
		for (int i = 0; i < n; i++) {
			if (atomic_load(&im->api->stopping))
				return;
			try_job(im, &jobs[i]);
			after = jobs[i].id;
		}
	}
}

/* A little at each look: who is to wait for it? */
static void sweep(struct importer *im)
{
	struct err_info info = { .code = ERR_OK };
	const enum err e =
		store_import_sweep(im->api->store, im->api->config->import_keep_days, &info);

	if (e != ERR_OK && e != ERR_DB_DOWN && e != ERR_BUSY)
		log_event(LOG_WARN, "imports are not swept", F_STR("cause", info.text));
}

static void *work(void *context)
{
	const struct worker w = *(struct worker *)context;
	int64_t seen = 0;

	free(context);
	if (w.max_bytes > IMPORT_SMALL_BYTES)
		priority_bulk();
	do {
		look(w.im, w.max_bytes);
		if (w.sweeps)
			sweep(w.im);
	} while (next_look(w.im, &seen));
	return NULL;
}

static enum err start_worker(struct importer *im, int64_t max_bytes, struct err_info *info)
{
	struct worker *w = malloc(sizeof(*w));

	if (!w)
		return err_set(info, ERR_NOMEM, "no memory for an importer");
	*w = (struct worker){ im, max_bytes, im->started == 0 };
	if (pthread_create(&im->threads[im->started], NULL, work, w) != 0) {
		free(w);
		return err_set(info, ERR_NOMEM, "无法创建线程 / cannot start a thread");
	}
	im->started++;
	return ERR_OK;
}

enum err importer_new(struct api *api, struct importer **ret_importer, struct err_info *info)
{
	static const int64_t max_bytes[WORKERS] = { IMPORT_SMALL_BYTES, INT64_MAX };
	struct importer *im = calloc(1, sizeof(*im));
	enum err e = ERR_OK;

	if (!im)
		return err_set(info, ERR_NOMEM, "no memory for an importer");
	im->api = api;
	pthread_mutex_init(&im->lock, NULL);
	wait_init(&im->work);
	wait_init(&im->moved);
	for (int i = 0; i < WORKERS && e == ERR_OK; i++)
		e = start_worker(im, max_bytes[i], info);
	if (e != ERR_OK) {
		importer_free(im);
		return e;
	}
	*ret_importer = im;
	return ERR_OK;
}

void importer_free(struct importer *im)
{
	if (!im)
		return;
	pthread_mutex_lock(&im->lock);
	im->stopping = true;
	pthread_cond_broadcast(&im->work);
	pthread_cond_broadcast(&im->moved);
	pthread_mutex_unlock(&im->lock);
	for (int i = 0; i < im->started; i++)
		pthread_join(im->threads[i], NULL);
	pthread_cond_destroy(&im->work);
	pthread_cond_destroy(&im->moved);
	pthread_mutex_destroy(&im->lock);
	free(im);
}

void importer_wake(struct importer *im)
{
	pthread_mutex_lock(&im->lock);
	im->woken++;
	pthread_cond_broadcast(&im->work);
	pthread_mutex_unlock(&im->lock);
}

void importer_moved(struct importer *im)
{
	pthread_mutex_lock(&im->lock);
	pthread_cond_broadcast(&im->moved);
	pthread_mutex_unlock(&im->lock);
}

void importer_wait(struct importer *im, int ms)
{
	const int64_t until_us = time_monotonic_us() + (int64_t)ms * 1000;

	pthread_mutex_lock(&im->lock);
	if (!im->stopping)
		(void)wait_until(&im->moved, &im->lock, until_us);
	pthread_mutex_unlock(&im->lock);
}
