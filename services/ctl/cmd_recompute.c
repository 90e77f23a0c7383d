/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "ctl/commands.h"
#include "ctl/database.h"
#include "ctl/exits.h"
#include "ctl/progress.h"
#include "store/recompute.h"

/* A look is milliseconds of the database's time: short waits are looked at often, long ones rarely.
 */
#define LOOK_SHARE      20 /* looks in the time that has passed … */
#define LOOK_LEAST_US   20000
#define LOOK_LONGEST_US 500000
#define STUCK_US        10000000

/* What a monitor does is seen by what is left. */
struct waiting {
	int64_t total; /* the most that was ever left */
	int64_t left;
	int64_t moved_us; /* when it last became less */
	bool stuck_said;
};

static void look(struct waiting *w, struct progress *p, int64_t left)
{
	const int64_t now_us = time_monotonic_us();

	if (left < w->left) {
		w->moved_us = now_us;
		w->stuck_said = false;
	}
	w->left = left;
	if (left > w->total) {
		w->total = left;
		p->total = left;
	}
	progress_set(p, w->total - left, w->total - left);
	if (!w->stuck_said && now_us - w->moved_us > STUCK_US) {
		progress_say(p, "10 秒没有进展,junheng-monitor 在运行吗? / no progress for 10 "
				"seconds: is a junheng-monitor running?");
		w->stuck_said = true;
	}
}

static void pause_for(int64_t passed_us)
{
	int64_t us = passed_us / LOOK_SHARE;
	struct timespec t;

	if (us < LOOK_LEAST_US)
		us = LOOK_LEAST_US;
	if (us > LOOK_LONGEST_US)
		us = LOOK_LONGEST_US;
	t = (struct timespec){ 0, (long)us * 1000 };
	nanosleep(&t, NULL);
}

static int wait_until_done(struct store *store, int64_t n, int64_t timeout_s)
{
	const int64_t began_us = time_monotonic_us();
	struct waiting w = { .total = n, .left = n, .moved_us = began_us };
	struct err_info info = { .text = "" };
	struct progress p;
	int64_t left = 0;
	double oldest_s;
	enum err e;

	progress_init(&p, stderr, "评定 / judging", n);
	for (;;) {
		e = store_behind_count(store, &left, &oldest_s, &info);
		if (e != ERR_OK || left == 0)
			break;
		look(&w, &p, left);
		if (timeout_s && time_monotonic_us() - began_us > timeout_s * 1000000)
			break;
		pause_for(time_monotonic_us() - began_us);
	}
	progress_end(&p);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	if (left == 0)
		return CTL_OK;
	fprintf(stderr, "超时,还剩 / out of time, left: %" PRId64 "\n", left);
	return CTL_FAILED;
}

int cmd_recompute(const struct config *config, const struct args *args)
{
	const bool all = args_flag(args, "all");
	auto_store struct store *store = NULL;
	struct err_info info = { .text = "" };
	int64_t timeout_s = 0;
	int64_t n = 0;
	enum err e;

	if (all == (args->n == 1) || (!all && !str_is_digits(args->words[0], 6))) {
		fprintf(stderr, "COUNTY 或 --all / a county of six digits, or --all\n");
		return CTL_USAGE;
	}
	if (!args_number(args, "timeout", 0, 0, 86400, &timeout_s, stderr))
		return CTL_USAGE;
	e = database_open(config, &store, &info);
	if (e == ERR_OK)
		e = store_recompute_request(store, all ? "" : args->words[0], &n, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	if (n == 0 && !all) {
		fprintf(stderr, "没有此县的数据 / no data of this county: %s\n", args->words[0]);
		return CTL_REFUSED;
	}
	fprintf(stderr, "重新评定 / to be judged again: %" PRId64 "\n", n);
	if (args_flag(args, "no-wait"))
		return CTL_OK;
	return wait_until_done(store, n, timeout_s);
}
