/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of alerts. What is read is what is in force for a region: its own rules, and those of the
 * regions above. They are set by provinces and the country, also for a prefecture or a county. */
#include <string.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "base/str.h"
#include "store/rules.h"
#include "json/rule_json.h"
#include "json/write.h"

/* ?region=, which is the nation's when it is empty; the key's own when it is not there. */
static enum err read_region(struct call *c, const char **ret_region)
{
	*ret_region = query_has(&c->query, "region") ? query_get(&c->query, "region")
						     : access_prefix(&c->key);
	return call_prefix_form(c, "region", *ret_region);
}

/* What is in force for it. A key reads of regions above, too: their rules are its own where they
 * are not replaced, and who mirrors has them all. */
static enum err read_rules(struct call *c, struct rule_list *out)
{
	const char *region;
	enum err e = read_region(c, &region);

	if (e == ERR_OK)
		e = access_holds(&c->key, region, &c->info);

	return e == ERR_OK ? store_rule_list(c->api->store, region, out, &c->info) : e;
}

static enum err write_rule(struct call *c, const struct stored_rule *stored)
{
	struct buf *out = &c->rp->body;
	struct alert_rule rule = { .version = stored->version };
	const enum err e =
		json_parse_rule(stored->document, strlen(stored->document), &rule, &c->info);

	if (e != ERR_OK)
		return err_set(&c->info, ERR_DB, "a stored rule cannot be read");
	buf_str(out, "{");
	json_member_text(out, "id", stored->id);
	json_member_int(out, "version", stored->version);
	json_member_text(out, "changed_at", stored->changed_at);
	json_write_rule(&rule, out);
	buf_str(out, "}");
	return ERR_OK;
}

enum err rules_list(struct call *c)
{
	auto_rule_list struct rule_list list = { .items = NULL };
	enum err e = read_rules(c, &list);

	if (e != ERR_OK)
		return e;
	buf_str(&c->rp->body, "{\"items\":[");
	for (size_t i = 0; i < list.n && e == ERR_OK; i++) {
		if (i)
			buf_str(&c->rp->body, ",");
		e = write_rule(c, &list.items[i]);
	}
	/* A county has RULES_OF_COUNTY_MAX at most: one page. */
	page_end(c, "cursor", NULL);
	return e;
}

enum err rule_get(struct call *c)
{
	auto_rule_list struct rule_list list = { .items = NULL };
	enum err e = read_rules(c, &list);

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < list.n; i++) {
		if (!str_equal(list.items[i].id, call_path(c, "id")))
			continue;
		reply_etag_version(c->rp, list.items[i].version);
		return write_rule(c, &list.items[i]);
	}
	return err_set(&c->info, ERR_NOT_FOUND, "没有此规则 / no such rule is in force");
}

/* --- writing ------------------------------------------------------------------------------- */

/* document: NULL removes it. */
static enum err put(struct call *c, const char *region, const char *document)
{
	const struct actor actor = call_actor(c);
	struct buf *out = &c->rp->body;
	struct write_result result;
	const enum err e = store_rule_put(c->api->store, &actor, region, call_path(c, "id"),
					  document, c->match, &result, &c->info);

	if (e != ERR_OK)
		return e;
	c->rp->status = result.created ? 201 : 200;
	buf_str(out, "{");
	json_member_text(out, "region", region);
	json_member_text(out, "id", call_path(c, "id"));
	json_member_int(out, "version", result.version);
	if (document)
		json_member_bool(out, "changed", result.changed);
	buf_str(out, "}");
	call_written(c, &result);
	return ERR_OK;
}

enum err rule_put(struct call *c)
{
	struct alert_rule rule = { .version = 0 };
	auto_buf struct buf document;
	enum err e;

	buf_init(&document, RULE_BYTES);
	e = json_read_rule(c->rq->body, c->rq->body_len, &rule, &c->problems, &c->info);
	if (e == ERR_OK)
		e = access_rules(&c->key, rule.region, &c->info);
	if (e != ERR_OK)
		return e;
	buf_str(&document, "{");
	json_write_rule(&rule, &document);
	buf_str(&document, "}");
	return buf_failed(&document) ? document.err : put(c, rule.region, document.data);
}

enum err rule_delete(struct call *c)
{
	const char *region;
	enum err e = read_region(c, &region);

	if (e == ERR_OK)
		e = access_rules(&c->key, region, &c->info);
	if (e == ERR_OK)
		e = put(c, region, NULL);
	c->rp->etag[0] = '\0'; /* there is no such rule any more */
	return e;
}
