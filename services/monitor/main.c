/* SPDX-License-Identifier: Apache-2.0 */
/* junheng-monitor: recomputes counties as data arrive, and publishes alerts. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/log.h"
#include "base/str.h"
#include "base/version.h"
#include "monitor/monitor.h"
#include "store/store.h"
#include "json/calendar_json.h"
#include "json/documents.h"
#include "json/plan_json.h"
#include "json/rule_json.h"
#include "json/targets.h"

#define SERVICE "junheng-monitor"

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* Without SA_RESTART: a wait that is under way ends. */
static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal };

	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	act.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &act, NULL);
}

static int help(void)
{
	printf("用法 / usage: " SERVICE " [--help] [--version]\n\n"
	       "县域监测:收到变更即重新评定,并发布预警。可同时运行任意个。\n"
	       "Recomputes counties as their data change, and publishes alerts. Any number of\n"
	       "them may run on one database. SIGTERM or Ctrl-C ends it in order.\n\n"
	       "设置(环境变量)/ settings (environment variables):\n");
	config_help(CONFIG_MONITOR, stdout);
	return EXIT_SUCCESS;
}

/* What the process owns, released in the opposite order of its making. */
struct process {
	struct store *store;
	struct bus *bus;
	struct bus_pull *pull;
	struct bus_pub *pub;
};

/* Documents that the store keeps as text are read by the JSON layer. */
static const struct store_readers readers = { json_parse_standard, json_parse_county_report,
					      json_parse_plan,     json_targets_year,
					      json_parse_rule,     json_lay_calendar };

static enum err open_all(struct process *p, const struct config *c, struct err_info *info)
{
	const struct store_options store = { .url = c->database_url,
					     .application = SERVICE,
					     .connections = c->pool_size,
					     .statement_timeout_ms = c->statement_timeout_ms,
					     .pool_wait_ms = c->pool_wait_ms,
					     .readers = &readers };
	const struct bus_curve curve = { c->curve_public_key, c->curve_secret_key,
					 c->curve_server_key };
	enum err e = store_new(&store, &p->store, info);

	if (e == ERR_OK)
		e = bus_new(&curve, &p->bus, info);
	if (e == ERR_OK)
		e = bus_pub_new(p->bus, c->alerts_bind, &p->pub, info);
	if (e == ERR_OK)
		e = bus_pull_new(p->bus, c->changes_connect, &p->pull, info);
	return e;
}

static void close_all(struct process *p)
{
	bus_pull_free(p->pull);
	bus_pub_free(p->pub);
	bus_free(p->bus);
	store_free(p->store);
}

static enum err serve(const struct config *c, const struct process *p, struct err_info *info)
{
	const struct monitor_options options = { .store = p->store,
						 .pull = p->pull,
						 .pub = p->pub,
						 .sweep_ms = c->sweep_ms,
						 .late_s = c->late_s,
						 .settle_ms = c->alerts_settle_ms,
						 .stop = &stop };
	struct monitor *m = calloc(1, sizeof(*m));

	if (!m || monitor_init(m, &options) != ERR_OK) {
		free(m);
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	}
	log_event(LOG_INFO, "started", F_STR("alerts", c->alerts_bind),
		  F_STR("changes", c->changes_connect));
	monitor_run(m);
	monitor_release(m);
	free(m);
	return ERR_OK;
}

int main(int argc, char **argv)
{
	struct process p = { .store = NULL };
	struct err_info info = { .text = "" };
	struct config c;
	enum err e;

	if (argc == 2 && str_equal(argv[1], "--help"))
		return help();
	if (argc == 2 && str_equal(argv[1], "--version"))
		return printf(SERVICE " %s\n", JUNHENG_VERSION) < 0;
	if (argc > 1) {
		fprintf(stderr, SERVICE ": 未知参数 / unknown argument '%s'; see --help\n",
			argv[1]);
		return 2;
	}
	if (config_read(&c, CONFIG_MONITOR, stderr) != ERR_OK)
		return 2;
	if (!log_init(SERVICE, c.log_level)) {
		fprintf(stderr, "JUNHENG_LOG_LEVEL: debug, info, warn, error\n");
		return 2;
	}
	mallopt(M_ARENA_MAX, 2); /* an arena a thread would be most of what we hold */
	catch_signals();
	e = open_all(&p, &c, &info);
	if (e == ERR_OK)
		e = serve(&c, &p, &info);
	if (e == ERR_OK)
		log_event(LOG_INFO, "stopped");
	else
		log_event(LOG_ERROR, "cannot start", F_STR("error", err_slug(e)),
			  F_STR("detail", info.text));
	close_all(&p);
	return e == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
