/* SPDX-License-Identifier: Apache-2.0 */
/* PUB and SUB: alert transitions, monitor to the world. */
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "bus/bus.h"
#include "bus/socket.h"

#define PUB_LINGER_MS  1000 /* the last events before an orderly stop still leave */
#define SUB_QUEUED_MAX 1000
#define SUB_FRAMES     2 /* topic, JSON */

struct bus_pub {
	void *socket;
};

struct bus_sub {
	void *socket;
};

enum err bus_pub_new(struct bus *bus, const char *endpoint, struct bus_pub **ret_pub,
		     struct err_info *info)
{
	static const struct socket_kind kind = {
		.type = ZMQ_PUB,
		.hwm_option = ZMQ_SNDHWM,
		.hwm = BUS_ALERTS_MAX,
		.linger_ms = PUB_LINGER_MS,
		.binds = true,
		.name = "PUB",
	};
	struct bus_pub *pub = calloc(1, sizeof(*pub));
	enum err e;

	if (!pub)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	e = socket_new(bus, &kind, endpoint, &pub->socket, info);
	if (e != ERR_OK) {
		free(pub);
		return e;
	}
	*ret_pub = pub;
	return ERR_OK;
}

static bool send_frame(void *socket, const void *data, size_t len, int flags)
{
	int sent;

	do {
		sent = zmq_send(socket, data, len, flags | ZMQ_DONTWAIT);
	} while (sent < 0 && zmq_errno() == EINTR);
	return sent >= 0;
}

void bus_pub_send(struct bus_pub *pub, const char *topic, const void *data, size_t len)
{
	/* The second frame must not become the first of a message of its own. */
	if (send_frame(pub->socket, topic, strlen(topic), ZMQ_SNDMORE) &&
	    !send_frame(pub->socket, data, len, 0))
		send_frame(pub->socket, "", 0, 0);
}

void bus_pub_free(struct bus_pub *pub)
{
	if (!pub)
		return;
	socket_free(pub->socket);
	free(pub);
}

enum err bus_sub_new(struct bus *bus, const char *endpoints, const char *prefix,
		     struct bus_sub **ret_sub, struct err_info *info)
{
	static const struct socket_kind kind = {
		.type = ZMQ_SUB,
		.hwm_option = ZMQ_RCVHWM,
		.hwm = SUB_QUEUED_MAX,
		.linger_ms = 0,
		.binds = false,
		.name = "SUB",
	};
	struct bus_sub *sub = calloc(1, sizeof(*sub));
	enum err e;

	if (!sub)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	e = socket_new(bus, &kind, endpoints, &sub->socket, info);
	if (e == ERR_OK && zmq_setsockopt(sub->socket, ZMQ_SUBSCRIBE, prefix, strlen(prefix)) != 0)
		e = err_set(info, ERR_IO, "SUB: %s", zmq_strerror(zmq_errno()));
	if (e != ERR_OK) {
		bus_sub_free(sub);
		return e;
	}
	*ret_sub = sub;
	return ERR_OK;
}

size_t bus_sub_receive(struct bus_sub *sub, void *data, size_t size, int timeout_ms)
{
	return socket_receive(sub->socket, SUB_FRAMES, data, size, timeout_ms);
}

void bus_sub_free(struct bus_sub *sub)
{
	if (!sub)
		return;
	socket_free(sub->socket);
	free(sub);
}
