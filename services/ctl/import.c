/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import.h"

#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/auto.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "ctl/exits.h"
#include "ctl/http.h"

#define QUEUED_MAX     64  /* requests that wait for a connection */
#define LOOK_MS        100 /* how often a waiting reader shows the progress */
#define BACKOFF_MS     100
#define BACKOFF_MAX_MS 2000
#define EXPLAIN_MAX    8192

struct job {
	const char *file; /* of its line: "" the only one */
	int64_t number;
	struct import_place before;
	struct import_line line;
};

struct worker {
	pthread_t thread;
	struct importer *im;
	struct http *http;
	pthread_cond_t work;
	struct job jobs[QUEUED_MAX]; /* a ring */
	size_t head;
	size_t n;
	bool busy;
	struct import_place current; /* where the line begins that it is busy with */
};

struct importer {
	pthread_mutex_t lock; /* around everything below and the rings */
	pthread_cond_t done;  /* a request was answered, or the import given up */
	struct progress *progress;
	struct import_state *state;
	int64_t under_way;        /* queued or being sent */
	struct import_place read; /* everything up to here was taken */
	int64_t refused_before;
	struct import_counts counts;
	int failure;
	bool ever_answered;
	bool ending;
	size_t workers_n;
	struct worker workers[];
};

static void sleep_ms(int64_t ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static uint64_t hash(const char *text)
{
	uint64_t h = HASH_START;

	for (; *text; text++)
		h = hash_byte(h, *text);
	return h;
}

static int64_t answered(const struct import_counts *c)
{
	return c->created + c->updated + c->unchanged + c->rejected;
}

/* The lock is held. */
static void reject(struct importer *im, const char *file, int64_t number, const char *why)
{
	im->counts.rejected++;
	if (im->counts.rejected <= IMPORT_TOLD_MAX)
		progress_say(im->progress, "%s%s第 %" PRId64 " 行 / line %" PRId64 ": %s", file,
			     *file ? " " : "", number, number, why);
	if (im->counts.rejected == IMPORT_TOLD_MAX)
		progress_say(im->progress,
			     "以后被拒绝的行只计数 / further rejected lines are only counted");
}

static bool is_changed(const struct http_answer *answer)
{
	json_auto_t *body = json_loadb(answer->body, answer->len, 0, NULL);

	return json_is_true(json_object_get(body, "changed"));
}

/* Whether a request that began then is not worth another try; patience_s: once the service has
 * answered at all. */
static bool gives_up(struct importer *im, int64_t began_us, int64_t patience_s)
{
	const int64_t took_s = (time_monotonic_us() - began_us) / 1000000;
	bool yes;

	pthread_mutex_lock(&im->lock);
	yes = im->ending || im->failure != CTL_OK ||
	      took_s >= (im->ever_answered ? patience_s : IMPORT_FIRST_S);
	pthread_mutex_unlock(&im->lock);
	return yes;
}

static void note_answer(struct importer *im)
{
	pthread_mutex_lock(&im->lock);
	im->ever_answered = true;
	pthread_mutex_unlock(&im->lock);
}

static bool send(struct http *http, const struct import_line *line, struct http_answer *out,
		 struct err_info *info)
{
	char header[64];

	if (str_equal(line->method, "PUT"))
		return http_call(http, "PUT", line->path, line->body, line->len, out, info);
	snprintf(header, sizeof(header), "Idempotency-Key: import-%016" PRIx64, hash(line->body));
	return http_call_with(http, header, line->method, line->path, line->body, line->len, out,
			      info);
}

/* A bulletin while counties are behind. */
static bool is_behind(const struct import_line *line, const struct http_answer *answer)
{
	return line->group == IMPORT_PUBLICATION && answer->status == 409;
}

static void pause_ms(const struct http_answer *answer, bool reached, int64_t *wait_ms)
{
	const bool asked = reached && answer->retry_after_s > 0 &&
			   answer->retry_after_s * 1000 < BACKOFF_MAX_MS;

	sleep_ms(asked ? answer->retry_after_s * 1000 : *wait_ms);
	*wait_ms = *wait_ms * 2 < BACKOFF_MAX_MS ? *wait_ms * 2 : BACKOFF_MAX_MS;
}

/* False when there was no answer worth counting within our patience. */
static bool send_patiently(struct worker *w, const struct job *job, struct http_answer *out,
			   struct err_info *info)
{
	const int64_t began_us = time_monotonic_us();
	int64_t wait_ms = BACKOFF_MS;
	bool told = false;

	for (;;) {
		const bool reached = send(w->http, &job->line, out, info);
		const bool behind = reached && is_behind(&job->line, out);

		if (reached && !behind && exit_of_status(out->status) != CTL_UNREACHABLE)
			return true;
		if (reached) {
			note_answer(w->im);
			err_set(info, ERR_BUSY, "服务暂不可用 / the service is unavailable: %ld",
				out->status);
		}
		if (behind && !told)
			progress_say(w->im->progress, "公报等待各县评定完成 / the bulletin waits "
						      "until its counties are judged");
		told |= behind;
		if (gives_up(w->im, began_us, behind ? IMPORT_BEHIND_S : IMPORT_PATIENCE_S))
			return behind;
		pause_ms(out, reached, &wait_ms);
	}
}

/* The lock is held. The first reason is the one that is told. */
static void give_up(struct importer *im, int failure, const char *why)
{
	if (im->failure == CTL_OK && !im->ending)
		progress_say(im->progress, "导入中止 / import given up: %s", why);
	if (im->failure == CTL_OK)
		im->failure = failure;
	for (size_t i = 0; i < im->workers_n; i++)
		pthread_cond_signal(&im->workers[i].work);
}

static void count(struct importer *im, const struct job *job, const struct http_answer *answer)
{
	auto_buf struct buf why;
	bool changed = false;

	buf_init(&why, EXPLAIN_MAX);
	if (answer->status == 200)
		changed = is_changed(answer);
	else if (answer->status != 201)
		http_explain(answer, &why);
	pthread_mutex_lock(&im->lock);
	im->ever_answered = true;
	if (answer->status == 201)
		im->counts.created++;
	else if (answer->status == 200 && changed)
		im->counts.updated++;
	else if (answer->status == 200)
		im->counts.unchanged++;
	else if (answer->status == 401)
		give_up(im, CTL_REFUSED, why.data);
	else
		reject(im, job->file, job->number, why.data);
	pthread_mutex_unlock(&im->lock);
}

static void handle(struct worker *w, const struct job *job)
{
	struct err_info info = { .text = "" };
	struct http_answer answer;

	if (gives_up(w->im, time_monotonic_us(), IMPORT_PATIENCE_S))
		return;
	if (send_patiently(w, job, &answer, &info)) {
		count(w->im, job, &answer);
		return;
	}
	pthread_mutex_lock(&w->im->lock);
	give_up(w->im, CTL_UNREACHABLE, info.text);
	pthread_mutex_unlock(&w->im->lock);
}

/* The lock is held: remembers how far every line was answered. An import that was given up drops
 * lines, so then it does not get any further. */
static void remember(struct importer *im)
{
	const struct import_place *place = &im->read;

	for (size_t i = 0; i < im->workers_n; i++) {
		const struct worker *w = &im->workers[i];
		const struct import_place *first = w->busy ? &w->current
						   : w->n  ? &w->jobs[w->head].before
							   : place;

		if (first->lines < place->lines)
			place = first;
	}
	if (im->failure == CTL_OK && !im->ending)
		import_state_save(im->state, place, im->refused_before + im->counts.rejected);
}

static void *work(void *argument)
{
	struct worker *w = argument;
	struct importer *im = w->im;

	pthread_mutex_lock(&im->lock);
	for (;;) {
		struct job job;

		while (w->n == 0 && !im->ending)
			pthread_cond_wait(&w->work, &im->lock);
		if (w->n == 0)
			break;
		job = w->jobs[w->head];
		w->head = (w->head + 1) % QUEUED_MAX;
		w->n--;
		w->busy = true;
		w->current = job.before;
		pthread_mutex_unlock(&im->lock);
		handle(w, &job);
		free(job.line.body);
		pthread_mutex_lock(&im->lock);
		w->busy = false;
		im->under_way--;
		remember(im);
		pthread_cond_signal(&im->done);
	}
	pthread_mutex_unlock(&im->lock);
	return NULL;
}

static enum err start_worker(struct importer *im, const char *base_url, const char *key,
			     struct err_info *info)
{
	struct worker *w = &im->workers[im->workers_n];
	enum err e = http_new(base_url, key, &w->http, info);

	if (e != ERR_OK)
		return e;
	w->im = im;
	pthread_cond_init(&w->work, NULL);
	if (pthread_create(&w->thread, NULL, work, w) != 0) {
		pthread_cond_destroy(&w->work);
		http_free(w->http);
		return err_set(info, ERR_NOMEM, "无法启动线程 / cannot start a thread");
	}
	im->workers_n++;
	return ERR_OK;
}

enum err importer_new(const char *base_url, const char *key, int connections,
		      struct progress *progress, struct importer **ret_importer,
		      struct err_info *info)
{
	struct importer *im = calloc(1, sizeof(*im) + (size_t)connections * sizeof(struct worker));
	pthread_condattr_t monotonic;
	enum err e = ERR_OK;

	if (!im)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	im->progress = progress;
	pthread_mutex_init(&im->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&im->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	for (int i = 0; i < connections && e == ERR_OK; i++)
		e = start_worker(im, base_url, key, info);
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
	im->ending = true;
	for (size_t i = 0; i < im->workers_n; i++)
		pthread_cond_signal(&im->workers[i].work);
	pthread_mutex_unlock(&im->lock);
	/* One that still runs may wake the others. */
	for (size_t i = 0; i < im->workers_n; i++)
		pthread_join(im->workers[i].thread, NULL);
	for (size_t i = 0; i < im->workers_n; i++) {
		pthread_cond_destroy(&im->workers[i].work);
		http_free(im->workers[i].http);
	}
	pthread_cond_destroy(&im->done);
	pthread_mutex_destroy(&im->lock);
	free(im);
}

/* The lock is held; waits a moment for an answer, and shows how far we are. */
static void wait_a_moment(struct importer *im)
{
	struct timespec until;
	const int64_t done = im->read.bytes;
	const int64_t n = answered(&im->counts);

	progress_set(im->progress, done, n);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&im->done, &im->lock, &until);
}

bool importer_put(struct importer *im, const struct import_input *in, struct import_line *line)
{
	const struct job job = { import_input_name(in), in->lines.number, in->before, *line };
	struct worker *w = &im->workers[hash(line->path) % im->workers_n];
	bool going;

	pthread_mutex_lock(&im->lock);
	while (w->n == QUEUED_MAX && im->failure == CTL_OK)
		wait_a_moment(im);
	going = im->failure == CTL_OK;
	if (going) {
		w->jobs[(w->head + w->n) % QUEUED_MAX] = job;
		w->n++;
		im->read = in->at;
		im->under_way++;
		pthread_cond_signal(&w->work);
	}
	pthread_mutex_unlock(&im->lock);
	if (!going)
		free(line->body);
	line->body = NULL;
	return going;
}

bool importer_barrier(struct importer *im)
{
	bool going;

	pthread_mutex_lock(&im->lock);
	while (im->under_way > 0 && im->failure == CTL_OK)
		wait_a_moment(im);
	going = im->failure == CTL_OK;
	pthread_mutex_unlock(&im->lock);
	return going;
}

void importer_reject(struct importer *im, const struct import_input *in, const char *why)
{
	pthread_mutex_lock(&im->lock);
	reject(im, import_input_name(in), in->lines.number, why);
	im->read = in->at;
	pthread_mutex_unlock(&im->lock);
}

void importer_counts(struct importer *im, struct import_counts *out)
{
	pthread_mutex_lock(&im->lock);
	*out = im->counts;
	pthread_mutex_unlock(&im->lock);
}

void importer_remember(struct importer *im, struct import_state *state, int64_t refused_before)
{
	pthread_mutex_lock(&im->lock);
	im->state = state;
	im->refused_before = refused_before;
	pthread_mutex_unlock(&im->lock);
}

int importer_failure(struct importer *im)
{
	int failure;

	pthread_mutex_lock(&im->lock);
	failure = im->failure;
	pthread_mutex_unlock(&im->lock);
	return failure;
}
