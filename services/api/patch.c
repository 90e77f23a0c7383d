/* SPDX-License-Identifier: Apache-2.0 */
#include "api/patch.h"

#include <sodium.h>
#include <time.h>

#define PATCH_TRIES 5

void patch_back_off(uint32_t attempt)
{
	const struct timespec pause = { .tv_nsec = randombytes_uniform(4000000u << attempt) };

	nanosleep(&pause, NULL);
}

enum err patch_retry(struct call *c, handler *once)
{
	enum err e = ERR_PRECONDITION;

	for (uint32_t i = 0; i < PATCH_TRIES && e == ERR_PRECONDITION; i++) {
		if (i)
			patch_back_off(i);
		e = once(c);
		if (c->match >= 0)
			break;
	}
	if (e == ERR_PRECONDITION && c->match < 0)
		return err_set(
			&c->info, ERR_BUSY,
			"其他写入一直在改动此报告 / other writers keep changing this report");
	return e;
}
