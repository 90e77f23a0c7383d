/* SPDX-License-Identifier: Apache-2.0 */
/* The bus over its transports: what arrives, what is dropped, and that no sender waits. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/timeutil.h"
#include "bus/bus.h"

#define WAIT_MS 3000 /* for what must come; far more than it takes */
#define NONE_MS 200  /* for what must not */

static const struct bus_curve no_keys = { "", "", "" };

static struct bus *new_bus(const struct bus_curve *keys)
{
	struct bus *bus = NULL;

	assert_int_equal(bus_new(keys, &bus, NULL), ERR_OK);
	return bus;
}

/* An endpoint on a port that was free just now. */
static void free_tcp(char *out, size_t size)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	snprintf(out, size, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
}

static void nap(void)
{
	nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
}

/* Sends until a peer has it: connecting takes its time. */
static bool send_when_connected(struct bus_push *push, const char *text)
{
	const int64_t until_us = time_monotonic_us() + WAIT_MS * 1000;

	while (time_monotonic_us() < until_us) {
		if (bus_push_send(push, text, strlen(text)))
			return true;
		nap();
	}
	return false;
}

static void expect_hint(struct bus_pull *pull, const char *text)
{
	char got[64] = "";

	assert_int_equal(bus_pull_receive(pull, got, sizeof(got), WAIT_MS), strlen(text));
	assert_memory_equal(got, text, strlen(text));
}

static void exchange(const char *endpoint, const struct bus_curve *api,
		     const struct bus_curve *monitor)
{
	struct bus *sender = new_bus(api);
	struct bus *receiver = new_bus(monitor);
	struct bus_push *push = NULL;
	struct bus_pull *pull = NULL;

	assert_int_equal(bus_push_new(sender, endpoint, &push, NULL), ERR_OK);
	assert_false(bus_push_send(push, "lost", 4));
	assert_int_equal(bus_pull_new(receiver, endpoint, &pull, NULL), ERR_OK);
	assert_true(send_when_connected(push, "one"));
	assert_true(bus_push_send(push, "two", 3));
	expect_hint(pull, "one");
	expect_hint(pull, "two");
	bus_pull_free(pull);
	bus_push_free(push);
	bus_free(receiver);
	bus_free(sender);
}

static void test_tcp(void **state)
{
	char endpoint[64];

	(void)state;
	free_tcp(endpoint, sizeof(endpoint));
	exchange(endpoint, &no_keys, &no_keys);
}

static void test_port_too_large(void **state)
{
	struct bus *bus = new_bus(&no_keys);
	struct err_info info = { .text = "" };
	struct bus_push *push = NULL;
	struct bus_pull *pull = NULL;

	(void)state;
	assert_int_equal(bus_push_new(bus, "tcp://127.0.0.1:99999", &push, &info), ERR_CONFIG);
	assert_non_null(strstr(info.text, "99999"));
	assert_int_equal(
		bus_pull_new(bus, "tcp://127.0.0.1:5561,tcp://127.0.0.1:65536", &pull, &info),
		ERR_CONFIG);
	assert_non_null(strstr(info.text, "65536"));
	bus_free(bus);
}

static void test_ipc(void **state)
{
	char dir[] = "/tmp/junheng-bus-XXXXXX";
	char endpoint[64];
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(endpoint, sizeof(endpoint), "ipc://%s/hints", dir);
	snprintf(path, sizeof(path), "%s/hints", dir);
	exchange(endpoint, &no_keys, &no_keys);
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

static void test_inproc(void **state)
{
	struct bus *bus = new_bus(&no_keys);
	struct bus_push *push = NULL;
	struct bus_pull *pull = NULL;

	(void)state;
	assert_int_equal(bus_push_new(bus, "inproc://hints", &push, NULL), ERR_OK);
	assert_int_equal(bus_pull_new(bus, "inproc://hints", &pull, NULL), ERR_OK);
	assert_true(send_when_connected(push, "one"));
	expect_hint(pull, "one");
	bus_pull_free(pull);
	bus_push_free(push);
	bus_free(bus);
}

/* A sender whose peer reads nothing fills its queues and then drops, all at once. */
static void test_full_queue_drops(void **state)
{
	struct bus *bus = new_bus(&no_keys);
	struct bus_push *push = NULL;
	struct bus_pull *pull = NULL;
	const int64_t began_us = time_monotonic_us();
	char got[16];
	int sent = 0;
	int received = 0;

	(void)state;
	assert_int_equal(bus_push_new(bus, "inproc://hints", &push, NULL), ERR_OK);
	assert_int_equal(bus_pull_new(bus, "inproc://hints", &pull, NULL), ERR_OK);
	assert_true(send_when_connected(push, "x"));
	while (sent < 10 * BUS_HINTS_MAX && bus_push_send(push, "x", 1))
		sent++;
	assert_in_range(sent + 1, BUS_HINTS_MAX, 3 * BUS_HINTS_MAX);
	assert_true(time_monotonic_us() - began_us < WAIT_MS * 1000);
	while (bus_pull_receive(pull, got, sizeof(got), NONE_MS))
		received++;
	assert_int_equal(received, sent + 1);
	bus_pull_free(pull);
	bus_push_free(push);
	bus_free(bus);
}

static void test_long_and_odd_messages_are_dropped(void **state)
{
	struct bus *bus = new_bus(&no_keys);
	void *context = zmq_ctx_new();
	void *push = zmq_socket(context, ZMQ_PUSH);
	struct bus_pull *pull = NULL;
	char endpoint[64];
	char got[8];

	(void)state;
	free_tcp(endpoint, sizeof(endpoint));
	assert_int_equal(zmq_bind(push, endpoint), 0);
	assert_int_equal(bus_pull_new(bus, endpoint, &pull, NULL), ERR_OK);
	zmq_send(push, "longer than eight", 17, 0);
	zmq_send(push, "first", 5, ZMQ_SNDMORE);
	zmq_send(push, "second", 6, 0);
	zmq_send(push, "good", 4, 0);
	assert_int_equal(bus_pull_receive(pull, got, sizeof(got), WAIT_MS), 0);
	assert_int_equal(bus_pull_receive(pull, got, sizeof(got), WAIT_MS), 0);
	assert_int_equal(bus_pull_receive(pull, got, sizeof(got), WAIT_MS), 4);
	assert_int_equal(bus_pull_receive(pull, got, sizeof(got), 0), 0);
	bus_pull_free(pull);
	bus_free(bus);
	zmq_close(push);
	zmq_ctx_term(context);
}

static void test_several_endpoints(void **state)
{
	struct bus *bus = new_bus(&no_keys);
	struct bus_push *a = NULL;
	struct bus_push *b = NULL;
	struct bus_pull *pull = NULL;

	(void)state;
	assert_int_equal(bus_push_new(bus, "inproc://a", &a, NULL), ERR_OK);
	assert_int_equal(bus_push_new(bus, "inproc://b", &b, NULL), ERR_OK);
	assert_int_equal(bus_pull_new(bus, "inproc://a,inproc://b", &pull, NULL), ERR_OK);
	assert_true(send_when_connected(a, "of a"));
	expect_hint(pull, "of a");
	assert_true(send_when_connected(b, "of b"));
	expect_hint(pull, "of b");
	bus_pull_free(pull);
	bus_push_free(a);
	bus_push_free(b);
	bus_free(bus);
}

/* The binding side goes away and comes back; who is connected needs to do nothing. */
static void test_reconnects(void **state)
{
	struct bus *bus = new_bus(&no_keys);
	struct bus_pull *pull = NULL;
	char endpoint[64];

	(void)state;
	free_tcp(endpoint, sizeof(endpoint));
	assert_int_equal(bus_pull_new(bus, endpoint, &pull, NULL), ERR_OK);
	for (int life = 0; life < 2; life++) {
		struct bus *sender = new_bus(&no_keys);
		struct bus_push *push = NULL;

		assert_int_equal(bus_push_new(sender, endpoint, &push, NULL), ERR_OK);
		assert_true(send_when_connected(push, "here"));
		expect_hint(pull, "here");
		bus_push_free(push);
		bus_free(sender);
	}
	bus_pull_free(pull);
	bus_free(bus);
}

static void test_alerts_by_topic(void **state)
{
	struct bus *bus = new_bus(&no_keys);
	const int64_t until_us = time_monotonic_us() + WAIT_MS * 1000;
	struct bus_pub *pub = NULL;
	struct bus_sub *all = NULL;
	struct bus_sub *one = NULL;
	char endpoint[64];
	char got[16] = "";
	size_t len = 0;

	(void)state;
	free_tcp(endpoint, sizeof(endpoint));
	assert_int_equal(bus_pub_new(bus, endpoint, &pub, NULL), ERR_OK);
	bus_pub_send(pub, "alert.1", "nobody", 6);
	assert_int_equal(bus_sub_new(bus, endpoint, "", &all, NULL), ERR_OK);
	assert_int_equal(bus_sub_new(bus, endpoint, "alert.2", &one, NULL), ERR_OK);
	while (!len && time_monotonic_us() < until_us) {
		bus_pub_send(pub, "alert.2", "start", 5);
		len = bus_sub_receive(one, got, sizeof(got), 20);
	}
	assert_int_equal(len, 5);
	while (bus_sub_receive(one, got, sizeof(got), NONE_MS))
		;
	while (bus_sub_receive(all, got, sizeof(got), NONE_MS))
		;
	bus_pub_send(pub, "alert.1", "first", 5);
	bus_pub_send(pub, "alert.2", "second", 6);
	assert_int_equal(bus_sub_receive(one, got, sizeof(got), WAIT_MS), 6);
	assert_memory_equal(got, "second", 6);
	assert_int_equal(bus_sub_receive(all, got, sizeof(got), WAIT_MS), 5);
	assert_int_equal(bus_sub_receive(all, got, sizeof(got), WAIT_MS), 6);
	bus_sub_free(one);
	bus_sub_free(all);
	bus_pub_free(pub);
	bus_free(bus);
}

/* Two pairs of keys; each side knows the public key of the other. */
struct keys {
	char api_public[41];
	char api_secret[41];
	char monitor_public[41];
	char monitor_secret[41];
};

static void make_keys(struct keys *k)
{
	assert_int_equal(zmq_curve_keypair(k->api_public, k->api_secret), 0);
	assert_int_equal(zmq_curve_keypair(k->monitor_public, k->monitor_secret), 0);
}

static void test_curve(void **state)
{
	struct keys k;
	char endpoint[64];

	(void)state;
	make_keys(&k);
	free_tcp(endpoint, sizeof(endpoint));
	exchange(endpoint, &(struct bus_curve){ k.api_public, k.api_secret, k.monitor_public },
		 &(struct bus_curve){ k.monitor_public, k.monitor_secret, k.api_public });
}

/* Whoever does not know the key of the binding side, or has none, gets nothing. */
static void test_curve_refuses(void **state)
{
	struct keys k;
	struct bus *sender;
	struct bus_push *push = NULL;
	char endpoint[64];

	(void)state;
	make_keys(&k);
	free_tcp(endpoint, sizeof(endpoint));
	sender = new_bus(&(struct bus_curve){ k.api_public, k.api_secret, k.monitor_public });
	assert_int_equal(bus_push_new(sender, endpoint, &push, NULL), ERR_OK);
	for (int i = 0; i < 2; i++) {
		const struct bus_curve wrong = { k.monitor_public, k.monitor_secret,
						 k.monitor_public };
		struct bus *receiver = new_bus(i ? &wrong : &no_keys);
		struct bus_pull *pull = NULL;
		char got[16];

		assert_int_equal(bus_pull_new(receiver, endpoint, &pull, NULL), ERR_OK);
		for (int n = 0; n < 20; n++) {
			nap();
			assert_false(bus_push_send(push, "secret", 6));
		}
		assert_int_equal(bus_pull_receive(pull, got, sizeof(got), NONE_MS), 0);
		bus_pull_free(pull);
		bus_free(receiver);
	}
	bus_push_free(push);
	bus_free(sender);
}

static void test_bad_keys(void **state)
{
	struct keys k;
	struct err_info info;

	(void)state;
	make_keys(&k);
	{
		const struct bus_curve bad[] = {
			{ k.api_public, "", "" },
			{ "", k.api_secret, "" },
			{ "", "", k.monitor_public },
			{ k.api_public, k.api_secret, "short" },
			{ k.api_public, k.monitor_secret, k.monitor_public },
			{ "\"234567890123456789012345678901234567890", k.api_secret, "" },
		};

		for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
			struct bus *bus = NULL;

			assert_int_equal(bus_new(&bad[i], &bus, &info), ERR_CONFIG);
			assert_null(bus);
		}
	}
	{
		/* Enough to bind, not to connect. */
		struct bus *bus = new_bus(&(struct bus_curve){ k.api_public, k.api_secret, "" });
		struct bus_pull *pull = NULL;

		assert_int_equal(bus_pull_new(bus, "tcp://127.0.0.1:1", &pull, &info), ERR_CONFIG);
		assert_null(pull);
		bus_free(bus);
	}
}

static void test_bad_endpoints(void **state)
{
	struct bus *bus = new_bus(&no_keys);
	struct bus_push *push = NULL;
	struct bus_push *second = NULL;
	struct bus_pull *pull = NULL;
	struct err_info info;
	char endpoint[64];

	(void)state;
	assert_int_equal(bus_push_new(bus, "nonsense", &push, &info), ERR_CONFIG);
	assert_int_equal(bus_pull_new(bus, "tcp://127.0.0.1:1,carrier://pigeon", &pull, &info),
			 ERR_CONFIG);
	free_tcp(endpoint, sizeof(endpoint));
	assert_int_equal(bus_push_new(bus, endpoint, &push, &info), ERR_OK);
	assert_int_equal(bus_push_new(bus, endpoint, &second, &info), ERR_IO);
	assert_null(second);
	bus_push_free(push);
	bus_pull_free(NULL);
	bus_push_free(NULL);
	bus_pub_free(NULL);
	bus_sub_free(NULL);
	bus_free(bus);
	bus_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_port_too_large),
		cmocka_unit_test(test_ipc),
		cmocka_unit_test(test_inproc),
		cmocka_unit_test(test_full_queue_drops),
		cmocka_unit_test(test_long_and_odd_messages_are_dropped),
		cmocka_unit_test(test_several_endpoints),
		cmocka_unit_test(test_reconnects),
		cmocka_unit_test(test_alerts_by_topic),
		cmocka_unit_test(test_curve),
		cmocka_unit_test(test_curve_refuses),
		cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_bad_endpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
