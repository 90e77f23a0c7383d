/* SPDX-License-Identifier: Apache-2.0 */
/* How long a PUT takes, and how long until its alert is heard, seen by a client that costs
 * next to nothing itself: one keep-alive connection, plain sockets.
 *
 * usage: put_bench PORT KEY PATH BODY_A BODY_B N [ALERTS [TOPIC [EVERY_MS]]]
 * Sends the files BODY_A and BODY_B in turn, N times (or until SIGTERM), and prints the time of
 * each answer. With ALERTS (tcp://host:port of a monitor) the time from sending to the event on the
 * bus instead: then each PUT must take its county across a limit. TOPIC ("alert."): that of its
 * county, where others raise alerts as well. EVERY_MS: one so often, the first somewhen within that
 * time, so that many of these do not go in step. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "tools/samples.h"

#define BYTES        70000
#define TIMEOUT_MS   10000
#define EVERY_MAX_MS 60000

struct message {
	char text[BYTES];
	size_t len;
};

struct target {
	void *sub;        /* NULL: answers are measured */
	int64_t every_us; /* 0: one after the other */
};

static struct samples samples;
static struct message requests[2];
static volatile sig_atomic_t ended;

static int fail(const char *what)
{
	fprintf(stderr, "put_bench: %s\n", what);
	return EXIT_FAILURE;
}

/* The whole request, ready to be sent: nothing is put together while time is taken. */
static bool prepare(struct message *m, const char *key, const char *path, const char *file)
{
	static char body[BYTES];
	FILE *f = fopen(file, "rb");
	size_t n;
	int head;

	if (!f)
		return false;
	n = fread(body, 1, sizeof(body) - 1, f);
	fclose(f);
	head = snprintf(m->text, sizeof(m->text),
			"PUT %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
			"Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
			path, key, n);
	if (head < 0 || (size_t)head + n >= sizeof(m->text))
		return false;
	memcpy(m->text + head, body, n);
	m->len = (size_t)head + n;
	return true;
}

static int dial(int64_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	const int on = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
			connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool send_all(int fd, const struct message *m)
{
	for (size_t at = 0; at < m->len;) {
		const ssize_t n = send(fd, m->text + at, m->len - at, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

/* An answer is whole when its body is as long as its header says. */
static bool is_whole(const char *text, size_t len)
{
	const char *end = strstr(text, "\r\n\r\n");
	const char *length = text;

	while (length && length < end && strncasecmp(length, "Content-Length:", 15) != 0) {
		length = strchr(length, '\n');
		length = length ? length + 1 : NULL;
	}
	return end && length && length < end &&
	       len >= (size_t)(end + 4 - text) + strtoul(length + 15, NULL, 10);
}

static bool read_answer(int fd)
{
	static char text[BYTES];
	size_t len = 0;

	do {
		const ssize_t n = recv(fd, text + len, sizeof(text) - 1 - len, 0);

		if (n <= 0)
			return false;
		len += (size_t)n;
		text[len] = '\0';
	} while (!is_whole(text, len));
	if (strncmp(text, "HTTP/1.1 20", 11) != 0 || !strstr(text, "\"changed\":true")) {
		fprintf(stderr, "%s\n", text);
		return false;
	}
	return true;
}

/* Both ways of an alert are watched, so that neither delays the other's time. */
static bool await_alert(int fd, void *sub, int64_t *ret_at)
{
	bool answered = false;
	bool heard = false;

	while (!answered || !heard) {
		zmq_pollitem_t items[] = { { sub, 0, ZMQ_POLLIN, 0 }, { NULL, fd, ZMQ_POLLIN, 0 } };
		char frame[4096];
		int ready;

		items[1].events = answered ? 0 : ZMQ_POLLIN;
		ready = zmq_poll(items, 2, TIMEOUT_MS);
		if (ready < 0 && errno == EINTR)
			continue; /* told to end: this one is waited for */
		if (ready <= 0)
			return false;
		if (items[0].revents & ZMQ_POLLIN) {
			if (heard)
				return false; /* one PUT, two events: not what is measured */
			*ret_at = time_monotonic_us();
			heard = zmq_recv(sub, frame, sizeof(frame), 0) > 0 &&
				zmq_recv(sub, frame, sizeof(frame), 0) > 0;
		}
		if (!answered && (items[1].revents & ZMQ_POLLIN)) {
			if (!read_answer(fd))
				return false;
			answered = true;
		}
	}
	return true;
}

static void end(int number)
{
	(void)number;
	ended = 1;
}

/* Sleeps until then, or until told to end. */
static void sleep_until(int64_t us)
{
	for (int64_t left = us - time_monotonic_us(); left > 0 && !ended;
	     left = us - time_monotonic_us()) {
		const struct timespec t = { left / 1000000, left % 1000000 * 1000 };

		nanosleep(&t, NULL);
	}
}

static bool measure(int fd, const struct target *target, int64_t n)
{
	const int64_t every_us = target->every_us;
	int64_t next_us =
		time_monotonic_us() + (every_us ? (int64_t)getpid() * 7919 % every_us : 0);
	void *sub = target->sub;

	for (int64_t i = 0; i < n; i++) {
		int64_t start;
		int64_t heard = 0;

		if (every_us)
			sleep_until(next_us);
		if (ended)
			break;
		next_us += every_us;
		start = time_monotonic_us();

		if (!send_all(fd, &requests[i % 2]))
			return false;
		if (sub) {
			if (!await_alert(fd, sub, &heard))
				return false;
		} else {
			if (!read_answer(fd))
				return false;
			heard = time_monotonic_us();
		}
		samples_add(&samples, heard - start);
	}
	return true;
}

/* Subscribed for certain: the PUB side's own greeting cannot be seen, the connection can. */
static void *subscribe(void *context, const char *endpoint, const char *topic)
{
	void *sub = zmq_socket(context, ZMQ_SUB);
	void *events = zmq_socket(context, ZMQ_PAIR);
	char frame[256];

	zmq_socket_monitor(sub, "inproc://bench", ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
	zmq_connect(events, "inproc://bench");
	zmq_setsockopt(sub, ZMQ_SUBSCRIBE, topic, strlen(topic));
	if (zmq_connect(sub, endpoint) == 0)
		zmq_recv(events, frame, sizeof(frame), 0);
	zmq_socket_monitor(sub, NULL, 0);
	zmq_close(events);
	return sub;
}

int main(int argc, char **argv)
{
	const struct sigaction act = { .sa_handler = end, .sa_flags = SA_RESTART };
	void *context = NULL;
	struct target target = { NULL, 0 };
	int64_t port = 0;
	int64_t every_ms = 0;
	int64_t n = 0;
	bool ok;
	int fd;

	if (argc < 7 || argc > 10 || !samples_argument(argv[1], 65535, &port) ||
	    !samples_argument(argv[6], SAMPLES_MAX, &n) ||
	    (argc == 10 && !samples_argument(argv[9], EVERY_MAX_MS, &every_ms))) {
		fprintf(stderr, "usage: put_bench PORT KEY PATH BODY_A BODY_B N [ALERTS [TOPIC "
				"[EVERY_MS]]]\n");
		return 2;
	}
	target.every_us = every_ms * 1000;
	if (!prepare(&requests[0], argv[2], argv[3], argv[4]) ||
	    !prepare(&requests[1], argv[2], argv[3], argv[5]))
		return fail("cannot read the bodies");
	sigaction(SIGTERM, &act, NULL);
	fd = dial(port);
	if (fd < 0)
		return fail("cannot connect");
	if (argc > 7) {
		context = zmq_ctx_new();
		target.sub = subscribe(context, argv[7], argc > 8 ? argv[8] : "alert.");
	}
	ok = measure(fd, &target, n);
	close(fd);
	if (target.sub) {
		zmq_close(target.sub);
		zmq_ctx_term(context);
	}
	if (!ok)
		return fail("an answer or an alert did not come as expected");
	samples_print(&samples);
	return EXIT_SUCCESS;
}
