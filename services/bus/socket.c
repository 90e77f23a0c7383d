/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/socket.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <zmq.h>

#include "base/auto.h"
#include "base/str.h"

/* Options that are the same for all. A peer that is gone must be noticed and tried again
 * soon (a subscriber that is 100 ms late gets what a restarted monitor holds back), and a
 * stranger must not make us take more than a message's size. */
static const struct {
	int name;
	int value;
} common[] = {
	{ ZMQ_IMMEDIATE, 1 }, /* queue for connected peers only: no reader, no queue */
	{ ZMQ_RECONNECT_IVL, 100 },     { ZMQ_RECONNECT_IVL_MAX, 1000 },
	{ ZMQ_CONNECT_TIMEOUT, 2000 },  { ZMQ_HANDSHAKE_IVL, 5000 },
	{ ZMQ_TCP_KEEPALIVE, 1 },       { ZMQ_TCP_KEEPALIVE_IDLE, 10 },
	{ ZMQ_TCP_KEEPALIVE_INTVL, 5 }, { ZMQ_TCP_KEEPALIVE_CNT, 3 },
};

static bool set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static bool set_key(void *socket, int option, const char *key)
{
	return zmq_setsockopt(socket, option, key, BUS_KEY) == 0;
}

static bool set_options(void *socket, const struct socket_kind *kind)
{
	const int64_t longest = BUS_MESSAGE_MAX;

	for (size_t i = 0; i < ARRAY_LEN(common); i++) {
		if (!set_int(socket, common[i].name, common[i].value))
			return false;
	}
	return set_int(socket, kind->hwm_option, kind->hwm) &&
	       set_int(socket, ZMQ_LINGER, kind->linger_ms) &&
	       zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &longest, sizeof(longest)) == 0;
}

static bool set_curve(void *socket, const struct bus *bus, bool binds)
{
	if (!bus->curve)
		return true;
	if (binds)
		return set_int(socket, ZMQ_CURVE_SERVER, 1) &&
		       set_key(socket, ZMQ_CURVE_SECRETKEY, bus->secret_key);
	return set_key(socket, ZMQ_CURVE_SERVERKEY, bus->server_key) &&
	       set_key(socket, ZMQ_CURVE_PUBLICKEY, bus->public_key) &&
	       set_key(socket, ZMQ_CURVE_SECRETKEY, bus->secret_key);
}

static enum err refused(const struct socket_kind *kind, const char *endpoint, struct err_info *info)
{
	const int why = zmq_errno();
	const bool wrong = why == EINVAL || why == EPROTONOSUPPORT || why == ENODEV;

	return err_set(info, wrong ? ERR_CONFIG : ERR_IO,
		       "%s: 无法打开端点 %s / cannot open endpoint %s: %s", kind->name, endpoint,
		       endpoint, zmq_strerror(why));
}

/* libzmq cuts a port off at 16 bits: of a slip of the pen it would open another one. */
static enum err check_port(const struct socket_kind *kind, const char *endpoint,
			   struct err_info *info)
{
	const char *colon = strrchr(endpoint, ':');
	int64_t port = 0;

	if (!colon || !str_starts(endpoint, "tcp://") || !str_to_int64(colon + 1, &port) ||
	    (port >= 0 && port <= UINT16_MAX))
		return ERR_OK;
	return err_set(info, ERR_CONFIG,
		       "%s: 端点 %s 的端口超过 65535 / the port of endpoint %s is above 65535",
		       kind->name, endpoint, endpoint);
}

static enum err connect_each(void *socket, const struct socket_kind *kind, const char *list,
			     struct err_info *info)
{
	while (*list) {
		const size_t len = strcspn(list, ",");
		char endpoint[256];
		enum err e;

		if (len >= sizeof(endpoint))
			return err_set(info, ERR_CONFIG, "%s: 端点过长 / an endpoint is too long",
				       kind->name);
		memcpy(endpoint, list, len);
		endpoint[len] = '\0';
		e = check_port(kind, endpoint, info);
		if (e != ERR_OK)
			return e;
		if (len && zmq_connect(socket, endpoint) != 0)
			return refused(kind, endpoint, info);
		list += len + (list[len] == ',');
	}
	return ERR_OK;
}

static enum err open_socket(void *socket, struct bus *bus, const struct socket_kind *kind,
			    const char *endpoints, struct err_info *info)
{
	enum err e;

	if (!set_options(socket, kind) || !set_curve(socket, bus, kind->binds))
		return err_set(info, ERR_CONFIG, "%s: %s", kind->name, zmq_strerror(zmq_errno()));
	if (!kind->binds)
		return connect_each(socket, kind, endpoints, info);
	e = check_port(kind, endpoints, info);
	if (e == ERR_OK && zmq_bind(socket, endpoints) != 0)
		return refused(kind, endpoints, info);
	return e;
}

enum err socket_new(struct bus *bus, const struct socket_kind *kind, const char *endpoints,
		    void **ret_socket, struct err_info *info)
{
	void *socket;
	enum err e;

	if (bus->curve && !kind->binds && !*bus->server_key)
		return err_set(info, ERR_CONFIG,
			       "%s: 缺少 CURVE 对方公钥 / the CURVE server key is missing",
			       kind->name);
	socket = zmq_socket(bus->context, kind->type);
	if (!socket)
		return err_set(info, ERR_NOMEM, "%s: %s", kind->name, zmq_strerror(zmq_errno()));
	e = open_socket(socket, bus, kind, endpoints, info);
	if (e != ERR_OK) {
		socket_free(socket);
		return e;
	}
	*ret_socket = socket;
	return ERR_OK;
}

void socket_free(void *socket)
{
	if (socket)
		zmq_close(socket);
}

/* Takes one frame off the socket; false when there is none. Of a frame that is too long
 * only the true length is kept. */
static bool take_frame(void *socket, void *data, size_t size, size_t *ret_len, bool *ret_more)
{
	zmq_msg_t frame;
	int got;

	zmq_msg_init(&frame);
	do {
		got = zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT);
	} while (got < 0 && zmq_errno() == EINTR);
	if (got >= 0) {
		*ret_len = zmq_msg_size(&frame);
		*ret_more = zmq_msg_more(&frame) != 0;
		if (*ret_len <= size)
			memcpy(data, zmq_msg_data(&frame), *ret_len);
	}
	zmq_msg_close(&frame);
	return got >= 0;
}

size_t socket_receive(void *socket, int frames, void *data, size_t size, int timeout_ms)
{
	zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };
	bool more = true;
	size_t len = 0;
	int taken = 0;

	if (timeout_ms > 0 && zmq_poll(&item, 1, timeout_ms) <= 0)
		return 0;
	/* Frames of one message arrive together; those beyond the shape are taken off too. */
	while (more && take_frame(socket, data, size, &len, &more))
		taken++;
	return taken == frames && !more && len <= size ? len : 0;
}
