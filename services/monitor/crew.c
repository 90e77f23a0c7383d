/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/crew.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/priority.h"
#include "base/str.h"
#include "base/timeutil.h"

void lot_evaluate(struct lot *lot, struct evaluator *ev, bool hurry)
{
	lot->began_us = time_monotonic_us();
	lot->info = (struct err_info){ .text = "" };
	lot->err = evaluate_counties(ev, lot->keys, lot->n, hurry, &lot->evaluation, &lot->info);
}

static void finished(struct hand *h)
{
	struct crew *crew = h->crew;

	pthread_mutex_lock(&crew->lock);
	h->state = HAND_DONE;
	pthread_cond_signal(&crew->done);
	pthread_mutex_unlock(&crew->lock);
	/* It cannot be full, and nobody reads who is about to stop. */
	IGNORE(eventfd_write(crew->done_fd, 1), "a sweep later then");
}

/* False: nothing will be given any more. */
static bool await_lot(struct hand *h)
{
	struct crew *crew = h->crew;
	bool given;

	pthread_mutex_lock(&crew->lock);
	while (h->state != HAND_GIVEN && !crew->stopping)
		pthread_cond_wait(&crew->given, &crew->lock);
	given = h->state == HAND_GIVEN;
	pthread_mutex_unlock(&crew->lock);
	return given;
}

static void *work(void *context)
{
	struct hand *h = context;

	priority_bulk();
	while (await_lot(h)) {
		lot_evaluate(&h->lot, &h->evaluator, false);
		finished(h);
	}
	return NULL;
}

static enum err start_hand(struct crew *crew, struct store *store, struct telling *telling)
{
	struct hand *h = &crew->hands[crew->hands_n];

	h->crew = crew;
	if (evaluator_init(&h->evaluator, store, telling) != ERR_OK)
		return ERR_NOMEM;
	if (pthread_create(&h->thread, NULL, work, h) != 0) {
		evaluator_release(&h->evaluator);
		return ERR_NOMEM;
	}
	crew->hands_n++;
	return ERR_OK;
}

enum err crew_init(struct crew *crew, struct store *store, struct telling *telling)
{
	enum err e = ERR_OK;

	memset(crew, 0, sizeof(*crew));
	crew->done_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (crew->done_fd < 0)
		return ERR_IO;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->given, NULL);
	pthread_cond_init(&crew->done, NULL);
	for (int i = 0; i < CREW_HANDS && e == ERR_OK; i++)
		e = start_hand(crew, store, telling);
	if (e != ERR_OK) {
		crew_stop(crew);
		crew_release(crew);
	}
	return e;
}

void crew_stop(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->stopping = true;
	pthread_cond_broadcast(&crew->given);
	pthread_mutex_unlock(&crew->lock);
	for (int i = 0; i < crew->hands_n; i++)
		pthread_join(crew->hands[i].thread, NULL);
}

void crew_release(struct crew *crew)
{
	for (int i = 0; i < crew->hands_n; i++) {
		evaluator_release(&crew->hands[i].evaluator);
		event_list_release(&crew->hands[i].lot.evaluation.events);
	}
	pthread_cond_destroy(&crew->given);
	pthread_cond_destroy(&crew->done);
	pthread_mutex_destroy(&crew->lock);
	close(crew->done_fd);
}

static struct hand *hand_of(struct crew *crew, const struct lot *lot)
{
	int i = 0;

	while (&crew->hands[i].lot != lot)
		i++;
	return &crew->hands[i];
}

static void set_state(struct crew *crew, struct lot *lot, enum hand_state state)
{
	pthread_mutex_lock(&crew->lock);
	hand_of(crew, lot)->state = state;
	pthread_cond_broadcast(&crew->given);
	pthread_mutex_unlock(&crew->lock);
}

struct lot *crew_idle(struct crew *crew)
{
	struct lot *lot = NULL;

	pthread_mutex_lock(&crew->lock);
	for (int i = 0; i < crew->hands_n && !lot; i++) {
		if (crew->hands[i].state == HAND_IDLE)
			lot = &crew->hands[i].lot;
	}
	pthread_mutex_unlock(&crew->lock);
	if (lot)
		lot->n = 0;
	return lot;
}

void crew_give(struct crew *crew, struct lot *lot)
{
	set_state(crew, lot, HAND_GIVEN);
}

void crew_put_back(struct crew *crew, struct lot *lot)
{
	event_list_release(&lot->evaluation.events);
	lot->n = 0;
	set_state(crew, lot, HAND_IDLE);
}

/* Idle lots have no keys, and those of the others stay: no lock is needed. */
bool crew_holds(const struct crew *crew, const struct county_key *key)
{
	for (int i = 0; i < crew->hands_n; i++) {
		const struct lot *lot = &crew->hands[i].lot;

		for (size_t k = 0; k < lot->n; k++) {
			if (str_equal(lot->keys[k].county, key->county))
				return true;
		}
	}
	return false;
}

static struct lot *find_done(struct crew *crew, int64_t ticket)
{
	for (int i = 0; i < crew->hands_n; i++) {
		struct hand *h = &crew->hands[i];
		const int64_t its = h->lot.evaluation.ticket;

		if (h->state == HAND_DONE && (h->lot.err != ERR_OK || its == 0 || its == ticket))
			return &h->lot;
	}
	return NULL;
}

struct lot *crew_collect(struct crew *crew, int64_t ticket)
{
	eventfd_t ignored;
	struct lot *lot;

	IGNORE(eventfd_read(crew->done_fd, &ignored), "it is empty then");
	pthread_mutex_lock(&crew->lock);
	lot = find_done(crew, ticket);
	pthread_mutex_unlock(&crew->lock);
	return lot;
}

struct lot *crew_await(struct crew *crew, int64_t ticket)
{
	struct lot *lot;

	pthread_mutex_lock(&crew->lock);
	while (!(lot = find_done(crew, ticket)))
		pthread_cond_wait(&crew->done, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
	return lot;
}
