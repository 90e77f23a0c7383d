/* SPDX-License-Identifier: Apache-2.0 */
#include "api/intake.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#include "api/dispatch.h"
#include "api/guard.h"
#include "base/metrics.h"
#include "base/str.h"
#include "base/timeutil.h"

#define PATH_BYTES   1024 /* no route is longer */
#define HEAD_BYTES   2048
#define LINGER_BYTES (8u << 20)

struct intake {
	struct api *api;
	struct guard *guard;
	sem_t large;
};

/* Connections have a thread each. */
static _Thread_local struct incoming {
	char path[PATH_BYTES];
	bool asked;
	bool refused;
	bool holds_large;
	size_t max;
	size_t taken;
} incoming;

enum err intake_new(struct api *api, struct guard *guard, struct intake **ret_intake)
{
	struct intake *in = calloc(1, sizeof(*in));

	if (!in)
		return ERR_NOMEM;
	in->api = api;
	in->guard = guard;
	sem_init(&in->large, 0, (unsigned)api->config->uploads_max);
	*ret_intake = in;
	return ERR_OK;
}

void intake_free(struct intake *in)
{
	if (!in)
		return;
	sem_destroy(&in->large);
	free(in);
}

void intake_begin(const char *uri)
{
	const size_t len = strcspn(uri, "?");

	incoming = (struct incoming){ .asked = false };
	str_copy(incoming.path, len < PATH_BYTES ? len + 1 : PATH_BYTES, uri);
}

/* --- the answer --------------------------------------------------------------------------- */

static void add_header(void *context, const char *name, const char *value)
{
	buf_printf(context, "%s: %s\r\n", name, value);
}

static void add_date(struct buf *out)
{
	const time_t now = time(NULL);
	char text[64];
	struct tm tm;

	if (gmtime_r(&now, &tm) && strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm))
		add_header(out, "Date", text);
}

/* libmicrohttpd takes answers before a body, or behind it, but not in the middle. Earlier answers
 * were handed to the socket by then, and these few bytes fit it, unless the client reads none. */
static void send_reply(int fd, const struct request *rq, const struct reply *rp)
{
	auto_buf struct buf out;

	buf_init(&out, HEAD_BYTES + rp->body.len);
	buf_printf(&out, "HTTP/1.1 %d %s\r\n", rp->status,
		   MHD_get_reason_phrase_for((unsigned)rp->status));
	add_date(&out);
	reply_headers(rp, add_header, &out);
	buf_printf(&out, "Content-Length: %zu\r\n\r\n", rp->body.len);
	if (!str_equal(rq->method, "HEAD"))
		buf_add(&out, rp->body.data, rp->body.len);
	if (!buf_failed(&out))
		IGNORE((int)send(fd, out.data, out.len, MSG_NOSIGNAL), "whoever left needs none");
	incoming.refused = true;
}

/* --- what is let in ----------------------------------------------------------------------- */

static const char *header(struct MHD_Connection *mhd, const char *name)
{
	return MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, name);
}

static enum MHD_Result count_length(void *context, enum MHD_ValueKind kind, const char *name,
				    const char *value)
{
	(void)kind;
	(void)value;
	*(int *)context += strcasecmp(name, "Content-Length") == 0;
	return MHD_YES;
}

/* Of two lengths libmicrohttpd takes the one, and a proxy before us may take the other: what one
 * holds for the end of the body is the next request to the other (RFC 9112, 6.3). */
static bool has_one_length(struct MHD_Connection *mhd)
{
	int n = 0;

	MHD_get_connection_values(mhd, MHD_HEADER_KIND, count_length, &n);
	return n <= 1;
}

/* libmicrohttpd has refused by now what is no number. */
static uint64_t length_of(struct MHD_Connection *mhd)
{
	const char *length = header(mhd, "Content-Length");
	int64_t n = 0;

	if (header(mhd, "Transfer-Encoding"))
		return LENGTH_UNKNOWN;
	if (!length)
		return 0;
	return str_to_int64(length, &n) && n >= 0 ? (uint64_t)n : LENGTH_UNKNOWN - 1;
}

static bool wait_for_place(sem_t *place)
{
	struct timespec until;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LARGE_WAIT_MS / 1000;
	do
		status = sem_clockwait(place, CLOCK_MONOTONIC, &until);
	while (status != 0 && errno == EINTR);
	return status == 0;
}

/* While it waits, the client owes us nothing. */
static bool take_place(struct intake *in, struct guarded *connection)
{
	guard_server(in->guard, connection);
	incoming.holds_large = wait_for_place(&in->large);
	guard_receiving(in->guard, connection);
	if (!incoming.holds_large)
		metric_add(METRIC_BODIES_WAITING, 1);
	return incoming.holds_large;
}

static struct request request_of(struct MHD_Connection *mhd, const char *method)
{
	return (struct request){ .method = method,
				 .path = incoming.path,
				 .query = "",
				 .body = "",
				 .authorization = header(mhd, "Authorization"),
				 .accept_encoding = header(mhd, "Accept-Encoding"),
				 .request_id = header(mhd, "X-Request-Id") };
}

static bool refuse(struct intake *in, struct guarded *connection, const struct request *rq,
		   enum err code)
{
	struct reply rp;

	reply_init(&rp);
	dispatch_refuse(in->api, rq, code, &rp);
	send_reply(guard_socket(connection), rq, &rp);
	reply_release(&rp);
	return false;
}

static bool admit(struct intake *in, struct guarded *connection, const struct request *rq,
		  uint64_t length)
{
	struct admission admission = { .max = 0 };
	struct reply rp;
	bool admitted;

	reply_init(&rp);
	admitted = dispatch_admit(in->api, rq, length, &admission, &rp);
	if (!admitted)
		send_reply(guard_socket(connection), rq, &rp);
	reply_release(&rp);
	incoming.max = admission.max;
	if (!admitted || !admission.large || take_place(in, connection))
		return admitted;
	return refuse(in, connection, rq, ERR_BUSY);
}

static bool admit_head(struct intake *in, struct guarded *connection, struct MHD_Connection *mhd,
		       const char *method)
{
	const struct request rq = request_of(mhd, method);
	const uint64_t length = length_of(mhd);

	if (!has_one_length(mhd))
		return refuse(in, connection, &rq, ERR_HTTP);
	return length == 0 || admit(in, connection, &rq, length);
}

bool intake_admits(struct intake *in, struct guarded *connection, struct MHD_Connection *mhd,
		   const char *method, size_t bytes)
{
	struct request rq;

	if (!incoming.asked) {
		incoming.asked = true;
		return admit_head(in, connection, mhd, method);
	}
	incoming.taken += bytes;
	if (bytes)
		guard_active(in->guard, connection);
	if (incoming.taken <= incoming.max)
		return true;
	rq = request_of(mhd, method);
	return refuse(in, connection, &rq, ERR_TOO_BIG);
}

/* --- the end ------------------------------------------------------------------------------ */

/* Waits until the client has done with it: to close a socket that has unread bytes is to reset it,
 * and the client may then never see the answer. What is a little too large is read to its end, for
 * clients that read no answer before; whoever goes on behind that has to stop and look. */
static void linger(int fd)
{
	const int64_t until = time_monotonic_us() + LINGER_MS * INT64_C(1000);
	char dropped[16 << 10];
	size_t total = 0;

	shutdown(fd, SHUT_WR);
	for (;;) {
		const int64_t left = until - time_monotonic_us();
		const bool reads = total < LINGER_BYTES;
		struct pollfd p = { .fd = fd, .events = reads ? POLLIN : POLLRDHUP };
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)(left / 1000) + 1) <= 0 || !reads)
			return;
		n = recv(fd, dropped, sizeof(dropped), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return;
		total += n > 0 ? (size_t)n : 0;
	}
}

void intake_end(struct intake *in, const struct guarded *connection)
{
	if (incoming.holds_large)
		sem_post(&in->large);
	incoming.holds_large = false;
	if (incoming.refused && guard_socket(connection) >= 0)
		linger(guard_socket(connection));
	incoming.refused = false;
}
