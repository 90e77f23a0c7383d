/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting on a condition until a moment of time_monotonic_us(): a clock that is set back puts no
 * deadline off. */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Of a condition that wait_until() is used with. */
void wait_init(pthread_cond_t *condition);

/* As pthread_cond_wait(), with the lock held; false: the moment has come. */
bool wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until_us);

#endif
