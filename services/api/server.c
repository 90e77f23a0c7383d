/* SPDX-License-Identifier: Apache-2.0 */
#include "api/server.h"

#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <ulfius.h>
#include <unistd.h>
#include <yder.h>

#include "api/dispatch.h"
#include "api/guard.h"
#include "api/intake.h"
#include "api/streams.h"
#include "base/log.h"

#define STACK_BYTES      (512u << 10) /* touched: some 50 KB */
#define CONNECTION_BYTES (32u << 10)  /* request line and headers; more is refused */
#define STREAM_BLOCK     (16u << 10)
#define STREAM_TIMEOUT_S \
	(4 * STREAM_HEARTBEAT_S) /* a client that takes nothing for so long is gone */
#define OPTIONS_MAX 16

struct server {
	struct api *api;
	struct guard *guard;
	struct intake *intake;
	MHD_AccessHandlerCallback handler; /* of ulfius */
	struct _u_instance instance;
	struct sockaddr_storage address;
	int port;
};

/* Connections have a thread each: set when a request starts, used when it is handled. */
static _Thread_local struct guarded *current;

/* --- from ulfius to ours and back -------------------------------------------------------- */

static const char *header(const struct _u_request *u, const char *name)
{
	return u_map_get_case(u->map_header, name);
}

static void fill_request(const struct _u_request *u, struct request *rq)
{
	const char *query = strchr(u->http_url, '?');

	*rq = (struct request){
		.method = u->http_verb,
		.path = u->url_path,
		.query = query ? query + 1 : "",
		.body = u->binary_body ? u->binary_body : "",
		.body_len = u->binary_body_length,
		.authorization = header(u, "Authorization"),
		.content_type = header(u, "Content-Type"),
		.content_encoding = header(u, "Content-Encoding"),
		.content_digest = header(u, "Content-Digest"),
		.accept = header(u, "Accept"),
		.accept_encoding = header(u, "Accept-Encoding"),
		.if_match = header(u, "If-Match"),
		.if_none_match = header(u, "If-None-Match"),
		.last_event_id = header(u, "Last-Event-ID"),
		.idempotency_key = header(u, "Idempotency-Key"),
		.request_id = header(u, "X-Request-Id"),
	};
}

static void set_header(void *map, const char *name, const char *value)
{
	u_map_put(map, name, value);
}

static ssize_t read_stream(void *context, uint64_t position, char *data, size_t size)
{
	const struct body_stream *stream = context;
	const size_t n = stream->read(stream->state, data, size);

	(void)position;
	if (n == BODY_BROKEN)
		return U_STREAM_ERROR;
	return n ? (ssize_t)n : U_STREAM_END;
}

static void close_stream(void *context)
{
	struct body_stream *stream = context;

	stream->close(stream->state);
	free(stream);
}

/* Nothing is sent of what cannot be kept. */
static void answer_stream(struct _u_response *u, const struct reply *rp)
{
	struct body_stream *stream = malloc(sizeof(*stream));

	u->timeout = STREAM_TIMEOUT_S;
	if (!stream) {
		rp->stream.close(rp->stream.state);
		return;
	}
	*stream = rp->stream;
	if (ulfius_set_stream_response(u, (unsigned)rp->status, read_stream, close_stream,
				       U_STREAM_SIZE_UNKNOWN, STREAM_BLOCK, stream) != U_OK)
		close_stream(stream);
}

static void answer(struct server *s, struct _u_response *u, struct reply *rp)
{
	u->status = rp->status;
	reply_headers(rp, set_header, u->map_header);
	if (rp->stream.state) {
		answer_stream(u, rp);
		return;
	}
	/* The bytes go over to ulfius, which frees them. */
	u->binary_body_length = 0;
	if (rp->body.len)
		u->binary_body = buf_detach(&rp->body, &u->binary_body_length);
	guard_answer(s->guard, current);
}

static int on_request(const struct _u_request *u, struct _u_response *response, void *context)
{
	struct server *s = context;
	struct request rq;
	struct reply rp;

	guard_server(s->guard, current);
	fill_request(u, &rq);
	reply_init(&rp);
	dispatch(s->api, &rq, &rp);
	answer(s, response, &rp);
	reply_release(&rp);
	return U_CALLBACK_COMPLETE;
}

/* --- in front of ulfius --------------------------------------------------------------------- */

static enum MHD_Result on_accept(void *context, const struct sockaddr *address, socklen_t len)
{
	struct server *s = context;

	(void)address;
	(void)len;
	return guard_accept(s->guard) ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *url,
				 const char *method, const char *version, const char *data,
				 size_t *size, void **request)
{
	struct server *s = context;

	if (!intake_admits(s->intake, current, connection, method, *size))
		return MHD_NO;
	return s->handler(&s->instance, connection, url, method, version, data, size, request);
}

/* ulfius gives libmicrohttpd a handler that buffers every body up to the one limit of its instance,
 * and asks us when it has it all; it offers nothing earlier. So its handler is put behind ours
 * where it is handed over: this is the function of libmicrohttpd that ulfius calls, and the dynamic
 * linker finds it in the program first. */
struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback apc,
				    void *apc_cls, MHD_AccessHandlerCallback dh, void *dh_cls, ...)
{
	struct server *s = (struct server *)((char *)dh_cls - offsetof(struct server, instance));
	struct MHD_Daemon *daemon;
	va_list options;

	(void)apc;
	(void)apc_cls;
	s->handler = dh;
	va_start(options, dh_cls);
	daemon = MHD_start_daemon_va(flags, port, on_accept, s, on_access, s, options);
	va_end(options);
	return daemon;
}

/* --- what libmicrohttpd tells ------------------------------------------------------------- */

static struct guarded *guarded_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct server *s = context;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		guard_remove(s->guard, *socket_context);
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	*socket_context = info ? guard_add(s->guard, info->connect_fd) : NULL;
}

static void *on_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct server *s = context;

	current = guarded_of(connection);
	guard_receiving(s->guard, current);
	intake_begin(uri);
	return ulfius_uri_logger(NULL, uri);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **request,
			 enum MHD_RequestTerminationCode code)
{
	struct server *s = context;

	mhd_request_completed(NULL, connection, request, code);
	guard_idle(s->guard, current);
	intake_end(s->intake, current);
}

/* Mostly about clients that went away: for whoever asks for debug. */
static void on_message(void *context, const char *format, va_list arguments)
{
	char text[256];

	(void)context;
	if (vsnprintf(text, sizeof(text), format, arguments) < 0)
		return;
	text[strcspn(text, "\r\n")] = '\0';
	log_event(LOG_DEBUG, "http", F_STR("message", text));
}

static void on_yder(void *context, const char *app, const time_t date, const unsigned long level,
		    const char *message)
{
	(void)context;
	(void)app;
	(void)date;
	log_event(level == Y_LOG_LEVEL_ERROR ? LOG_WARN : LOG_DEBUG, "http",
		  F_STR("message", message));
}

/* --- life --------------------------------------------------------------------------------- */

static enum err resolve(const struct config *config, struct sockaddr_storage *out,
			struct err_info *info)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char port[16];

	if (snprintf(port, sizeof(port), "%d", config->port) < 0 ||
	    getaddrinfo(config->bind, port, &hints, &found) != 0 || !found)
		return err_set(info, ERR_CONFIG, "JUNHENG_BIND '%s' 不是地址 / is not an address",
			       config->bind);
	memcpy(out, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return ERR_OK;
}

static void add_option(struct MHD_OptionItem *options, size_t *n, enum MHD_OPTION option,
		       intptr_t value, void *pointer)
{
	options[(*n)++] = (struct MHD_OptionItem){ option, value, pointer };
}

/* Callbacks travel as integers, as ulfius itself passes them. */
static void fill_options(struct server *s, struct MHD_OptionItem *options)
{
	const struct config *config = s->api->config;
	size_t n = 0;

	add_option(options, &n, MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_message, NULL);
	add_option(options, &n, MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s);
	add_option(options, &n, MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s);
	add_option(options, &n, MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_uri, s);
	add_option(options, &n, MHD_OPTION_SOCK_ADDR, 0, &s->address);
	add_option(options, &n, MHD_OPTION_CONNECTION_LIMIT, config->connections_max, NULL);
	add_option(options, &n, MHD_OPTION_CONNECTION_TIMEOUT, config->request_timeout_s, NULL);
	add_option(options, &n, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL);
	add_option(options, &n, MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES, NULL);
	/* What two readers could understand differently is refused: a proxy may be the other. */
	add_option(options, &n, MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
	add_option(options, &n, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1, NULL);
	add_option(options, &n, MHD_OPTION_END, 0, NULL);
}

static enum err init_instance(struct server *s, struct err_info *info)
{
	y_init_logs("junheng-api", Y_LOG_MODE_NONE, Y_LOG_LEVEL_WARNING, NULL, NULL);
	y_set_logs_callback(on_yder, NULL, NULL);
	/* The port it asks for is not used: the address has ours. */
	if (ulfius_init_instance(&s->instance, 1, NULL, NULL) != U_OK)
		return err_set(info, ERR_NOMEM, "ulfius");
	s->instance.port = 0;
	s->instance.max_post_body_size = 0; /* intake.h says how much is let in */
	s->instance.allowed_post_processor = U_POST_PROCESS_NONE;
	if (ulfius_add_endpoint_by_val(&s->instance, "*", NULL, "*", 0, on_request, s) != U_OK)
		return err_set(info, ERR_NOMEM, "ulfius");
	return ERR_OK;
}

static enum err start(struct server *s, struct err_info *info)
{
	const unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
			       MHD_USE_POLL | MHD_USE_ERROR_LOG | MHD_USE_ITC |
			       (s->address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u);
	struct MHD_OptionItem options[OPTIONS_MAX];
	const union MHD_DaemonInfo *daemon;

	fill_options(s, options);
	if (ulfius_start_framework_with_mhd_options(&s->instance, flags, options) != U_OK)
		return err_set(info, ERR_IO, "无法在 %s:%d 监听 / cannot listen on %s:%d",
			       s->api->config->bind, s->api->config->port, s->api->config->bind,
			       s->api->config->port);
	if (!s->handler)
		return err_set(info, ERR_CONFIG,
			       "ulfius 未经我方入口启动 / ulfius started without us");
	daemon = MHD_get_daemon_info(s->instance.mhd_daemon, MHD_DAEMON_INFO_BIND_PORT);
	s->port = daemon ? daemon->port : s->api->config->port;
	return ERR_OK;
}

enum err server_new(struct api *api, struct server **ret_server, struct err_info *info)
{
	struct server *s = calloc(1, sizeof(*s));
	enum err e;

	if (!s)
		return ERR_NOMEM;
	s->api = api;
	e = resolve(api->config, &s->address, info);
	if (e == ERR_OK)
		e = guard_new(api->config->connections_max, api->config->request_timeout_s,
			      &s->guard);
	if (e == ERR_OK)
		e = intake_new(api, s->guard, &s->intake);
	if (e == ERR_OK)
		e = init_instance(s, info);
	if (e == ERR_OK)
		e = start(s, info);
	if (e != ERR_OK) {
		server_free(s, 0);
		return e;
	}
	*ret_server = s;
	return ERR_OK;
}

int server_port(const struct server *s)
{
	return s->port;
}

static void drain(struct server *s, int deadline_ms)
{
	const struct timespec tick = { .tv_sec = 0, .tv_nsec = 10000000 };
	const MHD_socket listener = MHD_quiesce_daemon(s->instance.mhd_daemon);

	for (int waited = 0; waited < deadline_ms && guard_busy(s->guard) > 0; waited += 10)
		nanosleep(&tick, NULL);
	ulfius_stop_framework(&s->instance);
	if (listener != MHD_INVALID_SOCKET)
		close(listener);
}

void server_free(struct server *s, int deadline_ms)
{
	if (!s)
		return;
	if (s->instance.mhd_daemon)
		drain(s, deadline_ms);
	if (s->instance.default_headers) {
		ulfius_clean_instance(&s->instance);
		y_close_logs();
	}
	intake_free(s->intake);
	guard_free(s->guard);
	free(s);
}
