/* SPDX-License-Identifier: Apache-2.0 */
/* PUSH and PULL: hints of changes, API to monitor. */
#include <pthread.h>
#include <stdlib.h>
#include <zmq.h>

#include "base/err.h"
#include "bus/bus.h"
#include "bus/socket.h"

struct bus_push {
	pthread_mutex_t lock; /* around each use of socket: it has no lock of its own */
	void *socket;
};

struct bus_pull {
	void *socket;
};

enum err bus_push_new(struct bus *bus, const char *endpoint, struct bus_push **ret_push,
		      struct err_info *info)
{
	static const struct socket_kind kind = {
		.type = ZMQ_PUSH,
		.hwm_option = ZMQ_SNDHWM,
		.hwm = BUS_HINTS_MAX,
		.linger_ms = 0,
		.binds = true,
		.name = "PUSH",
	};
	struct bus_push *push = calloc(1, sizeof(*push));
	enum err e;

	if (!push)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	e = socket_new(bus, &kind, endpoint, &push->socket, info);
	if (e != ERR_OK) {
		free(push);
		return e;
	}
	pthread_mutex_init(&push->lock, NULL);
	*ret_push = push;
	return ERR_OK;
}

bool bus_push_send(struct bus_push *push, const void *data, size_t len)
{
	int sent;

	pthread_mutex_lock(&push->lock);
	do {
		sent = zmq_send(push->socket, data, len, ZMQ_DONTWAIT);
	} while (sent < 0 && zmq_errno() == EINTR);
	pthread_mutex_unlock(&push->lock);
	return sent >= 0;
}

void bus_push_free(struct bus_push *push)
{
	if (!push)
		return;
	socket_free(push->socket);
	pthread_mutex_destroy(&push->lock);
	free(push);
}

enum err bus_pull_new(struct bus *bus, const char *endpoints, struct bus_pull **ret_pull,
		      struct err_info *info)
{
	static const struct socket_kind kind = {
		.type = ZMQ_PULL,
		.hwm_option = ZMQ_RCVHWM,
		.hwm = BUS_HINTS_MAX,
		.linger_ms = 0,
		.binds = false,
		.name = "PULL",
	};
	struct bus_pull *pull = calloc(1, sizeof(*pull));
	enum err e;

	if (!pull)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	e = socket_new(bus, &kind, endpoints, &pull->socket, info);
	if (e != ERR_OK) {
		free(pull);
		return e;
	}
	*ret_pull = pull;
	return ERR_OK;
}

void bus_pull_wait(struct bus_pull *pull, int fd, int timeout_ms)
{
	zmq_pollitem_t items[] = { { .socket = pull->socket, .events = ZMQ_POLLIN },
				   { .fd = fd, .events = ZMQ_POLLIN } };

	/* Whatever it was: who calls looks at both. */
	IGNORE(zmq_poll(items, 2, timeout_ms) < 0, "a signal");
}

size_t bus_pull_receive(struct bus_pull *pull, void *data, size_t size, int timeout_ms)
{
	return socket_receive(pull->socket, 1, data, size, timeout_ms);
}

void bus_pull_free(struct bus_pull *pull)
{
	if (!pull)
		return;
	socket_free(pull->socket);
	free(pull);
}
