/* SPDX-License-Identifier: Apache-2.0 */
#include "api/routes.h"

#include "api/handlers.h"
#include "base/auto.h"

#define OPEN                                 \
	{                                    \
		ROLE_NONE, SCOPE_OPEN, false \
	}
#define REPORTER   ROLE_REPORTER
#define SUPERVISOR ROLE_SUPERVISOR
#define ADMIN      ROLE_ADMIN
#define OWN        true

/*  method     path                             operationId            handler          access:
 * role, scope, own             body        query */
/* clang-format off */
const struct route routes[] = {
	{ "GET",    "/healthz",                      "getHealth",           health_get,      OPEN,                                BODY_NONE,  "" },
	{ "GET",    "/readyz",                       "getReady",            ready_get,       OPEN,                                BODY_NONE,  "" },
	{ "GET",    "/openapi.json",                 "getOpenapi",          openapi_get,     OPEN,                                BODY_NONE,  "" },
	{ "GET",    "/intake",                       "getIntakePage",       intake_page,     OPEN,                                BODY_NONE,  "" },
	{ "GET",    "/intake/{file}",                "getIntakeFile",       intake_file,     OPEN,                                BODY_NONE,  "" },
	{ "GET",    "/metrics",                      "getMetrics",          metrics_get,     { SUPERVISOR, SCOPE_ANY_KEY, false }, BODY_NONE,  "" },
	{ "GET",    "/v1/regions/{code}",            "getRegion",           region_get,      { REPORTER, SCOPE_REGION, false },   BODY_NONE,  "" },
	{ "PUT",    "/v1/regions/{code}",            "putRegion",           region_put,      { ADMIN, SCOPE_REGION, false },      BODY_JSON,  "" },
	{ "DELETE", "/v1/regions/{code}",            "deleteRegion",        region_delete,   { ADMIN, SCOPE_REGION, false },      BODY_NONE,  "" },
	{ "GET",    "/v1/regions/{code}/summary",    "getRegionSummary",    region_summary,  { REPORTER, SCOPE_REGION, false },   BODY_NONE,  "period" },
	{ "GET",    "/v1/regions/{code}/counties",   "listRegionCounties",  region_counties, { REPORTER, SCOPE_REGION, false },   BODY_NONE,  "period,verdict,item,limit,cursor" },
	{ "GET",    "/v1/regions/{code}/forecast-error", "getForecastError", region_forecast_error, { REPORTER, SCOPE_REGION, false }, BODY_NONE, "item,period" },
	{ "GET",    "/v1/regions/{code}/ledger",     "getRegionLedger",     region_ledger,   { REPORTER, SCOPE_REGION, false },   BODY_NONE,  "since" },
	{ "GET",    "/v1/schools/{code}",            "getSchool",           school_get,      { REPORTER, SCOPE_SCHOOL, OWN },     BODY_NONE,  "" },
	{ "PUT",    "/v1/schools/{code}",            "putSchool",           school_put,      { REPORTER, SCOPE_SCHOOL, false },   BODY_JSON,  "" },
	{ "DELETE", "/v1/schools/{code}",            "deleteSchool",        school_delete,   { REPORTER, SCOPE_SCHOOL, false },   BODY_NONE,  "" },
	{ "GET",    "/v1/reports/{period}/{school}", "getReport",           report_get,      { REPORTER, SCOPE_SCHOOL, OWN },     BODY_NONE,  "" },
	{ "PUT",    "/v1/reports/{period}/{school}", "putReport",           report_put,      { REPORTER, SCOPE_SCHOOL, OWN },     BODY_JSON,  "" },
	{ "PATCH",  "/v1/reports/{period}/{school}", "patchReport",         report_patch,    { REPORTER, SCOPE_SCHOOL, OWN },     BODY_PATCH, "" },
	{ "DELETE", "/v1/reports/{period}/{school}", "deleteReport",        report_delete,   { REPORTER, SCOPE_SCHOOL, OWN },     BODY_NONE,  "" },
	{ "GET",    "/v1/counties/{code}/status",    "getCountyStatus",     county_status,   { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "period,as_of" },
	{ "GET",    "/v1/counties/{code}/schools",   "listCountySchools",   county_schools,  { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "period,as_of,limit,cursor" },
	{ "GET",    "/v1/counties/{code}/explain",   "explainCounty",       county_explain,  { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "item,period,limit" },
	{ "GET",    "/v1/counties/{code}/history",   "countyHistory",       county_history,  { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "item,period,limit,cursor" },
	{ "GET",    "/v1/counties/{code}/forecast",  "getForecast",         county_forecast, { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "item,period,limit,cursor" },
	{ "GET",    "/v1/counties/{code}/form.json",   "getForm",           form_get,        { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "period" },
	{ "GET",    "/v1/counties/{code}/form.xlsx",   "getFormWorkbook",   form_workbook,   { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "period" },
	{ "GET",    "/v1/counties/{code}/form.csv",    "getFormTable",      form_table,      { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "table,period" },
	{ "GET",    "/v1/counties/{code}/report.html", "getEvaluationHtml", evaluation_html, { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "period" },
	{ "GET",    "/v1/counties/{code}/report.pdf",  "getEvaluationPdf",  evaluation_pdf,  { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "period" },
	{ "GET",    "/v1/county-reports/{period}/{county}", "getCountyReport",    county_report_get,    { REPORTER, SCOPE_COUNTY, false }, BODY_NONE,  "" },
	{ "PUT",    "/v1/county-reports/{period}/{county}", "putCountyReport",    county_report_put,    { REPORTER, SCOPE_COUNTY, false }, BODY_JSON,  "" },
	{ "PATCH",  "/v1/county-reports/{period}/{county}", "patchCountyReport",  county_report_patch,  { REPORTER, SCOPE_COUNTY, false }, BODY_PATCH, "" },
	{ "DELETE", "/v1/county-reports/{period}/{county}", "deleteCountyReport", county_report_delete, { REPORTER, SCOPE_COUNTY, false }, BODY_NONE,  "" },
	{ "GET",    "/v1/plans",                     "listPlans",           plans_list,      { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "region,limit,cursor" },
	{ "GET",    "/v1/plans/{county}",            "getPlan",             plan_get,        { REPORTER, SCOPE_COUNTY, false },   BODY_NONE,  "as_of" },
	{ "PUT",    "/v1/plans/{county}",            "putPlan",             plan_put,        { SUPERVISOR, SCOPE_COUNTY, false }, BODY_PLAN,  "" },
	{ "PATCH",  "/v1/plans/{county}",            "patchPlan",           plan_patch,      { SUPERVISOR, SCOPE_COUNTY, false }, BODY_PATCH, "" },
	{ "DELETE", "/v1/plans/{county}",            "deletePlan",          plan_delete,     { SUPERVISOR, SCOPE_COUNTY, false }, BODY_NONE,  "" },
	{ "GET",    "/v1/ledger",                    "listLedger",          ledger_list,     { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "county,region,state,item,overdue,department,limit,cursor" },
	{ "GET",    "/v1/ledger.xlsx",               "getLedgerWorkbook",   ledger_workbook, { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "county,region,state,item,overdue,department" },
	{ "GET",    "/v1/ledger/{id}",               "getLedgerEntry",      ledger_get,      { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "" },
	{ "PATCH",  "/v1/ledger/{id}",               "patchLedgerEntry",    ledger_patch,    { REPORTER, SCOPE_ANY_KEY, false },  BODY_PATCH, "" },
	{ "POST",   "/v1/ledger/{id}/confirm",       "confirmLedgerEntry",  ledger_confirm,  { SUPERVISOR, SCOPE_ANY_KEY, false }, BODY_MAY,  "" },
	{ "POST",   "/v1/ledger/{id}/reopen",        "reopenLedgerEntry",   ledger_reopen,   { SUPERVISOR, SCOPE_ANY_KEY, false }, BODY_JSON, "" },
	{ "GET",    "/v1/standards",                 "listStandards",       standards_list,  { REPORTER, SCOPE_ANY_KEY, OWN },    BODY_NONE,  "limit,cursor" },
	{ "GET",    "/v1/standards/{id}",            "getStandard",         standard_get,    { REPORTER, SCOPE_STANDARD, OWN },   BODY_NONE,  "version" },
	{ "PUT",    "/v1/standards/{id}",            "putStandard",         standard_put,    { ADMIN, SCOPE_STANDARD, false },    BODY_JSON,  "" },
	{ "DELETE", "/v1/standards/{id}",            "deleteStandard",      standard_delete, { ADMIN, SCOPE_STANDARD, false },    BODY_NONE,  "" },
	{ "POST",   "/v1/standards/{id}/try",        "tryStandard",         standard_try,    { SUPERVISOR, SCOPE_STANDARD, false }, BODY_JSON, "limit" },
	{ "GET",    "/v1/calendars/{year}",          "getCalendar",         calendar_get,    { REPORTER, SCOPE_ANY_KEY, OWN },    BODY_NONE,  "region" },
	{ "PUT",    "/v1/calendars/{year}",          "putCalendar",         calendar_put,    { ADMIN, SCOPE_ANY_KEY, false },     BODY_JSON,  "" },
	{ "DELETE", "/v1/calendars/{year}",          "deleteCalendar",      calendar_delete, { ADMIN, SCOPE_ANY_KEY, false },     BODY_NONE,  "region" },
	{ "GET",    "/v1/calendars/{year}/working-days", "getWorkingDays",  working_days_get, { REPORTER, SCOPE_ANY_KEY, OWN },   BODY_NONE,  "region,from,days,to" },
	{ "POST",   "/v1/publications",              "postPublication",     publication_post, { ADMIN, SCOPE_ANY_KEY, false },    BODY_JSON,  "" },
	{ "GET",    "/v1/publications/{id}",         "getPublication",      publication_get, { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "" },
	{ "GET",    "/v1/public/publications",       "listPublications",    publications_list, OPEN,                              BODY_NONE,  "region,period,limit,cursor" },
	{ "GET",    "/v1/public/publications/{id}",  "getPublishedBulletin", publication_body, OPEN,                              BODY_NONE,  "" },
	{ "GET",    "/v1/public/publications/{id}/bulletin.html", "getPublishedPage", publication_page, OPEN,                 BODY_NONE,  "" },
	{ "GET",    "/v1/public/publications/{id}/corrections", "listPublishedCorrections", publication_corrections, OPEN,         BODY_NONE,  "" },
	{ "GET",    "/v1/alerts",                    "listAlerts",          alerts_list,     { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "county,state,severity,level,limit,cursor" },
	{ "GET",    "/v1/alerts/{id}",               "getAlert",            alert_get,       { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "" },
	{ "GET",    "/v1/alerts/{id}/events",        "listAlertEvents",     alert_events,    { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "limit,cursor" },
	{ "POST",   "/v1/alerts/{id}/actions",       "actOnAlert",          alert_act,       { REPORTER, SCOPE_ANY_KEY, false },  BODY_JSON,  "" },
	{ "GET",    "/v1/silences",                  "listSilences",        silences_list,   { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "region,active,limit,cursor" },
	{ "POST",   "/v1/silences",                  "postSilence",         silence_post,    { SUPERVISOR, SCOPE_ANY_KEY, false }, BODY_JSON, "" },
	{ "GET",    "/v1/silences/{id}",             "getSilence",          silence_get,     { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "" },
	{ "DELETE", "/v1/silences/{id}",             "endSilence",          silence_delete,  { SUPERVISOR, SCOPE_ANY_KEY, false }, BODY_NONE, "" },
	{ "GET",    "/v1/rules",                     "listRules",           rules_list,      { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "region" },
	{ "GET",    "/v1/rules/{id}",                "getRule",             rule_get,        { REPORTER, SCOPE_RULE, false },    BODY_NONE,  "region" },
	{ "PUT",    "/v1/rules/{id}",                "putRule",             rule_put,        { ADMIN, SCOPE_RULE, false },       BODY_JSON,  "" },
	{ "DELETE", "/v1/rules/{id}",                "deleteRule",          rule_delete,     { ADMIN, SCOPE_RULE, false },       BODY_NONE,  "region" },
	{ "POST",   "/v1/rules/{id}/try",            "tryRule",             rule_try,        { SUPERVISOR, SCOPE_RULE, false },   BODY_JSON,  "county,limit" },
	{ "GET",    "/v1/digest",                    "getDigest",           digest_get,      { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "region,since,after" },
	{ "GET",    "/v1/events",                    "listEvents",          events_list,     { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "after,county,limit,cursor" },
	{ "POST",   "/v1/imports",                   "createImport",        import_create,     { REPORTER, SCOPE_ANY_KEY, false }, BODY_FILE, "mode,dry_run,period,preview" },
	{ "GET",    "/v1/imports",                   "listImports",         imports_list,      { REPORTER, SCOPE_ANY_KEY, false }, BODY_NONE, "state,key,limit,cursor" },
	{ "GET",    "/v1/imports/{id}",              "getImport",           import_get,        { REPORTER, SCOPE_ANY_KEY, false }, BODY_NONE, "" },
	{ "DELETE", "/v1/imports/{id}",              "cancelImport",        import_cancel,     { REPORTER, SCOPE_ANY_KEY, false }, BODY_NONE, "" },
	{ "PUT",    "/v1/imports/{id}/parts/{n}",    "putImportPart",       import_part_put,   { REPORTER, SCOPE_ANY_KEY, false }, BODY_PART, "" },
	{ "POST",   "/v1/imports/{id}/commit",       "commitImport",        import_commit,     { REPORTER, SCOPE_ANY_KEY, false }, BODY_MAY,  "" },
	{ "GET",    "/v1/imports/{id}/mapping",      "getImportMapping",    import_mapping_get, { REPORTER, SCOPE_ANY_KEY, false }, BODY_NONE, "" },
	{ "GET",    "/v1/imports/{id}/events",       "streamImport",        import_events,     { REPORTER, SCOPE_ANY_KEY, false }, BODY_NONE, "" },
	{ "GET",    "/v1/imports/{id}/errors.csv",   "getImportErrors",     import_errors_csv, { REPORTER, SCOPE_ANY_KEY, false }, BODY_NONE, "" },
	{ "GET",    "/v1/templates/{form}",          "getTemplate",         template_get,    { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "county,period" },
	{ "GET",    "/v1/changes",                   "listChanges",         changes_list,    { REPORTER, SCOPE_ANY_KEY, false },  BODY_NONE,  "after,county,limit,cursor" },
};
/* clang-format on */

const size_t routes_n = ARRAY_LEN(routes);

size_t route_body_max(const struct route *route, const struct config *config)
{
	const bool is_file =
		route->body == BODY_FILE || route->body == BODY_PART || route->body == BODY_PLAN;

	return (size_t)(is_file ? config->import_body_max : config->body_max);
}
