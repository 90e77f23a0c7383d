/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: ulfius as transport, one catch-all endpoint, and behind it dispatch().
 *
 * What ulfius 2.7 does that shapes this file: it buffers every body whole, up to one limit, above
 * which it cuts and does not refuse (so intake.h stands in front of it); it answers 404 for wrong
 * methods, merges path and query parameters, and would start threads without limit (so it routes
 * nothing and libmicrohttpd gets our options). */
#ifndef API_SERVER_H
#define API_SERVER_H

#include "api/call.h"

struct server;

/* Listens at config->bind and config->port (0: any free one). ERR_CONFIG when it is no
 * address, ERR_IO when it cannot listen there. */
enum err server_new(struct api *api, struct server **ret_server, struct err_info *info) MUST_CHECK;

int server_port(const struct server *s);

/* Stops listening, waits until what is under way is answered (at most deadline_ms), and
 * closes every connection. Streams were stopped before. Accepts NULL. */
void server_free(struct server *s, int deadline_ms);

#endif
