/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/database.h"

#include "json/calendar_json.h"
#include "json/documents.h"
#include "json/plan_json.h"
#include "json/rule_json.h"
#include "json/targets.h"

#define WAIT_MS 2000

/* Documents that the store keeps as text are read by the JSON layer. */
static const struct store_readers readers = { json_parse_standard, json_parse_county_report,
					      json_parse_plan,     json_targets_year,
					      json_parse_rule,     json_lay_calendar };

enum err database_url(const struct config *config, struct err_info *info)
{
	if (*config->database_url)
		return ERR_OK;
	return err_set(info, ERR_CONFIG,
		       "请设置 JUNHENG_DATABASE_URL / JUNHENG_DATABASE_URL is not set");
}

enum err database_open(const struct config *config, struct store **ret_store, struct err_info *info)
{
	const struct store_options options = { .url = config->database_url,
					       .application = "junhengctl",
					       .connections = 1,
					       .statement_timeout_ms = config->statement_timeout_ms,
					       .pool_wait_ms = WAIT_MS,
					       .readers = &readers };
	auto_store struct store *store = NULL;
	enum err e = database_url(config, info);

	if (e == ERR_OK)
		e = store_new(&options, &store, info);
	if (e == ERR_OK)
		e = store_ready(store, info);
	if (e == ERR_OK)
		*ret_store = STEAL(store);
	return e;
}
