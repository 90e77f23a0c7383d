/* SPDX-License-Identifier: Apache-2.0 */
/* Locals that release themselves when they leave scope.
 *
 *	auto_free char *text = strdup(…);
 *	return STEAL(text);        hands it on: the local forgets it
 *
 * Each module that owns a kind of object defines its own auto_… with
 * AUTO_RELEASE, next to the object's release function. */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <stdio.h>
#include <stdlib.h>

#define AUTO(fn) __attribute__((cleanup(fn)))

#define STEAL(p)                             \
	__extension__({                      \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL;                  \
		stolen_;                     \
	})

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline void auto_free_release(void *p)
{
	free(*(void **)p);
}
#define auto_free AUTO(auto_free_release)

static inline void auto_fclose_release(FILE **f)
{
	if (*f)
		fclose(*f);
}
#define auto_fclose AUTO(auto_fclose_release)

#endif
