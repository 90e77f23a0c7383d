/* SPDX-License-Identifier: Apache-2.0 */
/* ZeroMQ, confined to this layer. What travels is a hint: losing a message costs delay,
 * never a result, so nothing here blocks a sender or grows without bound.
 *
 *	hints    API binds PUSH, monitors connect PULL
 *	alerts   a monitor binds PUB, the world connects SUB
 *
 * A struct bus_… is one socket. The pusher may be used by any thread (a mutex around a
 * non-blocking send); the others belong to the thread that made them. With CURVE keys the
 * binding side is a CURVE server and connecting sides must know its public key. */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct bus; /* a ZeroMQ context: one a process */

struct bus_curve {
	const char *public_key; /* Z85, "" when CURVE is off */
	const char *secret_key;
	const char *server_key; /* of the side that binds; needed where we connect */
};

/* ERR_CONFIG when the keys are not 40 characters of Z85 or only some are given. */
enum err bus_new(const struct bus_curve *curve, struct bus **ret_bus,
		 struct err_info *info) MUST_CHECK;
/* Closes the context; every socket of it was freed before. Accepts NULL. */
void bus_free(struct bus *bus);

struct bus_push;
#define BUS_HINTS_MAX 1000 /* queued to a monitor; more are dropped */
enum err bus_push_new(struct bus *bus, const char *endpoint, struct bus_push **ret_push,
		      struct err_info *info) MUST_CHECK;
/* Never blocks. false: dropped, because no monitor is connected or its queue is full. */
bool bus_push_send(struct bus_push *push, const void *data, size_t len);
void bus_push_free(struct bus_push *push);

struct bus_pull;
enum err bus_pull_new(struct bus *bus, const char *endpoints, struct bus_pull **ret_pull,
		      struct err_info *info) MUST_CHECK;
/* Until there is a message, or something to be read at the file descriptor, or a signal; at most
 * timeout_ms. */
void bus_pull_wait(struct bus_pull *pull, int fd, int timeout_ms);
/* Waits at most timeout_ms (0: not at all) for a message and copies it. Returns its length,
 * 0 when there was none, also when it was longer than size (dropped). */
size_t bus_pull_receive(struct bus_pull *pull, void *data, size_t size, int timeout_ms);
void bus_pull_free(struct bus_pull *pull);

struct bus_pub;
#define BUS_ALERTS_MAX \
	100000 /* queued to a subscriber; a slower one loses messages and sees the gap in seq */
enum err bus_pub_new(struct bus *bus, const char *endpoint, struct bus_pub **ret_pub,
		     struct err_info *info) MUST_CHECK;
/* Two frames: topic, JSON. Never blocks. */
void bus_pub_send(struct bus_pub *pub, const char *topic, const void *data, size_t len);
void bus_pub_free(struct bus_pub *pub);

struct bus_sub;
/* Subscribes to every topic that begins with prefix, at each of the endpoints. */
enum err bus_sub_new(struct bus *bus, const char *endpoints, const char *prefix,
		     struct bus_sub **ret_sub, struct err_info *info) MUST_CHECK;
/* As bus_pull_receive; the topic is not copied. */
size_t bus_sub_receive(struct bus_sub *sub, void *data, size_t size, int timeout_ms);
void bus_sub_free(struct bus_sub *sub);

#endif
