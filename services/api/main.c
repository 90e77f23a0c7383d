/* SPDX-License-Identifier: Apache-2.0 */
/* junheng-api: starts in order, waits for a signal, stops in reverse. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "api/files.h"
#include "api/importer.h"
#include "api/server.h"
#include "api/streams.h"
#include "base/log.h"
#include "base/str.h"
#include "base/version.h"
#include "json/calendar_json.h"
#include "json/documents.h"
#include "json/plan_json.h"
#include "json/rule_json.h"
#include "json/targets.h"

#define DRAIN_MS 5000 /* what is under way may take so long after a signal */

struct parts {
	struct api api;
	struct store *store;
	struct bus *bus;
	struct bus_push *push;
	struct streams *streams;
	struct server *server;
};

static enum err make_bus(struct parts *p, const struct config *config, struct err_info *info)
{
	const struct bus_curve curve = { config->curve_public_key, config->curve_secret_key,
					 config->curve_server_key };
	enum err e = bus_new(&curve, &p->bus, info);

	if (e == ERR_OK)
		e = bus_push_new(p->bus, config->changes_bind, &p->push, info);
	return e;
}

static enum err start(struct parts *p, const struct config *config, struct err_info *info)
{
	static const struct store_readers readers = { json_parse_standard, json_parse_county_report,
						      json_parse_plan,     json_targets_year,
						      json_parse_rule,     json_lay_calendar };
	const struct store_options options = { .url = config->database_url,
					       .application = "junheng-api",
					       .connections = config->pool_size,
					       .statement_timeout_ms = config->statement_timeout_ms,
					       .pool_wait_ms = config->pool_wait_ms,
					       .readers = &readers };
	enum err e = files_reserve(config, info);

	if (e == ERR_OK)
		e = store_new(&options, &p->store, info);
	if (e == ERR_OK)
		e = make_bus(p, config, info);
	if (e == ERR_OK)
		e = streams_new(config, p->store, p->bus, &p->streams, info);
	if (e != ERR_OK)
		return e;
	p->api.config = config;
	p->api.store = p->store;
	p->api.push = p->push;
	p->api.streams = p->streams;
	e = importer_new(&p->api, &p->api.importer, info);
	return e != ERR_OK ? e : server_new(&p->api, &p->server, info);
}

static void stop(struct parts *p)
{
	atomic_store(&p->api.stopping, true);
	if (p->streams)
		streams_stop(p->streams);
	server_free(p->server, DRAIN_MS);
	importer_free(p->api.importer);
	streams_free(p->streams);
	bus_push_free(p->push);
	bus_free(p->bus);
	store_free(p->store);
}

/* Blocked in every thread that starts later, so that only wait_for_signal() takes them. */
static void block_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int run(const struct config *config)
{
	struct parts p = { .store = NULL };
	struct err_info info = { .code = ERR_OK };
	sigset_t signals;
	int number = 0;
	enum err e;

	block_signals(&signals);
	e = start(&p, config, &info);
	if (e != ERR_OK) {
		log_event(LOG_ERROR, "cannot start", F_STR("error", err_slug(e)),
			  F_STR("cause", info.text[0] ? info.text : err_text(e)));
	} else {
		/* Whether it is ready, the database decides: /readyz tells. */
		log_event(LOG_INFO, "listening", F_STR("bind", config->bind),
			  F_INT("port", server_port(p.server)), F_STR("version", JUNHENG_VERSION));
		sigwait(&signals, &number);
		log_event(LOG_INFO, "stopping", F_INT("signal", number));
	}
	stop(&p);
	if (e == ERR_OK)
		log_event(LOG_INFO, "stopped");
	return e == ERR_OK ? 0 : 1;
}

static int usage(FILE *out)
{
	fprintf(out, "用法 / usage: junheng-api [--help | --version]\n\n"
		     "县域义务教育优质均衡监测 API;全部设置来自环境变量:\n"
		     "REST API of Junheng; all settings come from the environment:\n\n");
	config_help(CONFIG_API, out);
	return out == stderr ? 2 : 0;
}

int main(int argc, char **argv)
{
	struct config config;

	if (argc == 2 && str_equal(argv[1], "--help"))
		return usage(stdout);
	if (argc == 2 && str_equal(argv[1], "--version")) {
		printf("junheng-api %s\n", JUNHENG_VERSION);
		return 0;
	}
	if (argc > 1)
		return usage(stderr);
	/* Memory goes back to the system, and threads share two heaps, not one each. */
	mallopt(M_ARENA_MAX, 2);
	if (config_read(&config, CONFIG_API, stderr) != ERR_OK)
		return 2;
	if (!log_init("junheng-api", config.log_level)) {
		fprintf(stderr, "JUNHENG_LOG_LEVEL: debug info warn error\n");
		return 2;
	}
	if (sodium_init() < 0)
		return 1;
	return run(&config);
}
