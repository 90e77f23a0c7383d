/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PRIORITY_H
#define BASE_PRIORITY_H

#include <sys/resource.h>

#define BULK_NICE                                                                       \
	10 /* about a tenth of the processor where somebody else wants it, see sched(7) \
	    */

/* The calling thread, and those that it starts from here on, do bulk work: it takes what is left of
 * the processor, so that nobody's single request waits for it. (On Linux this is a thread's, not
 * the process's.) There is nothing to do where it is refused. */
static inline void priority_bulk(void)
{
	(void)setpriority(PRIO_PROCESS, 0, BULK_NICE);
}

#endif
