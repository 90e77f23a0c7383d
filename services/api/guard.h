/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines and places of connections. The HTTP library knows idle time only: a client that
 * sends a byte now and then, or takes a byte now and then, would hold its thread for ever. So
 * each connection has a deadline for what it owes us next, and one that misses it is cut.
 *
 *	connected or idle   the next request has started
 *	request started     headers and body are here
 *	answer queued       it has been taken
 *	handler, stream     none: ours to bound
 *
 * And nobody can take all places by doing nothing: of the places an eighth is kept free, for which
 * the connection is closed that owes us something and has done nothing for longest. */
#ifndef API_GUARD_H
#define API_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct guard;
struct guarded; /* one connection */

enum err guard_new(int connections_max, int timeout_s, struct guard **ret_guard) MUST_CHECK;
/* Stops its thread. No connection is left. Accepts NULL. */
void guard_free(struct guard *g);

/* Whether one more may come in, which makes room for it; called by the thread that accepts, before
 * guard_add(). false when all places are taken: those that were closed may take a moment to go. */
bool guard_accept(struct guard *g);

/* A connection over its socket, until guard_remove(), which comes before the socket is
 * closed. NULL (not guarded) when there are more than connections_max. */
struct guarded *guard_add(struct guard *g, int fd);
void guard_remove(struct guard *g, struct guarded *c);

/* All accept NULL. The client owes us a request; the rest of one that it has begun; we owe an
 * answer; the answer is there and the client is to take it. */
void guard_idle(struct guard *g, struct guarded *c);
void guard_receiving(struct guard *g, struct guarded *c);
void guard_server(struct guard *g, struct guarded *c);
void guard_answer(struct guard *g, struct guarded *c);

/* Something of it came: its deadline stands, but it is not idle. Accepts NULL. */
void guard_active(struct guard *g, struct guarded *c);

/* -1 for NULL. */
int guard_socket(const struct guarded *c);

/* Connections whose request is handled or whose answer is under way. */
int guard_busy(struct guard *g);

#endif
