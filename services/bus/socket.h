/* SPDX-License-Identifier: Apache-2.0 */
/* What the four kinds of socket have in common. Internal to this layer. */
#ifndef BUS_SOCKET_H
#define BUS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

#include "bus/bus.h"

#define BUS_KEY         41 /* a CURVE key in Z85, with its end */
#define BUS_MESSAGE_MAX 65536

struct bus {
	void *context;
	bool curve;
	char public_key[BUS_KEY];
	char secret_key[BUS_KEY];
	char server_key[BUS_KEY]; /* "" when it is not known: then we only bind */
};

struct socket_kind {
	int type;         /* ZMQ_PUSH, … */
	int hwm_option;   /* ZMQ_SNDHWM or ZMQ_RCVHWM */
	int hwm;          /* messages queued for a peer, at most */
	int linger_ms;    /* how long what is queued may still leave after the close */
	bool binds;       /* the CURVE server is the side that binds */
	const char *name; /* for messages */
};

/* A socket with all options set, bound to the endpoint or connected to each of the comma
 * list. ERR_CONFIG when an endpoint is not one or no server key is known, ERR_IO when it
 * cannot be had. */
enum err socket_new(struct bus *bus, const struct socket_kind *kind, const char *endpoints,
		    void **ret_socket, struct err_info *info) MUST_CHECK;
/* Accepts NULL. */
void socket_free(void *socket);

/* Waits for a message of `frames` frames and copies the last of them. Returns its length;
 * 0 when none came in time or a signal came, and when it was of another shape or longer
 * than size (dropped). */
size_t socket_receive(void *socket, int frames, void *data, size_t size, int timeout_ms);

#endif
