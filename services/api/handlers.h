/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers that routes.c names; each is described by proto/openapi.yaml. One file a
 * resource: validate, call the store, write the view. */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "api/call.h"

handler health_get, ready_get, openapi_get, metrics_get;          /* system.c */
handler intake_page, intake_file;                                 /* web.c */
handler region_get, region_put, region_delete;                    /* regions.c */
handler region_summary, region_counties;                          /* region_*.c */
handler school_get, school_put, school_delete;                    /* schools.c */
handler report_get, report_put, report_patch, report_delete;      /* reports.c */
handler county_report_get, county_report_put;                     /* county_reports.c */
handler county_report_patch, county_report_delete;                /* the same */
handler plan_get, plan_put, plan_patch, plan_delete;              /* plans.c */
handler plans_list;                                               /* the same */
handler ledger_list, ledger_get, ledger_patch;                    /* ledger.c */
handler ledger_confirm, ledger_reopen;                            /* the same */
handler ledger_workbook;                                          /* ledger_xlsx.c */
handler region_ledger;                                            /* ledger_summary.c */
handler calendar_get, calendar_put, calendar_delete;              /* calendars.c */
handler working_days_get;                                         /* the same */
handler standards_list, standard_get;                             /* standards.c */
handler standard_put, standard_delete;                            /* standard_put.c */
handler standard_try;                                             /* standard_try.c */
handler county_status;                                            /* county_status.c */
handler county_schools;                                           /* county_schools.c */
handler county_explain;                                           /* county_explain.c */
handler form_get, form_workbook, form_table;                      /* form.c */
handler evaluation_html, evaluation_pdf;                          /* evaluation.c */
handler county_history;                                           /* county_history.c */
handler county_forecast;                                          /* county_forecast.c */
handler region_forecast_error;                                    /* region_forecast_error.c */
handler publication_post, publications_list;                      /* publications.c */
handler publication_body, publication_page;                       /* the same */
handler publication_get, publication_corrections;                 /* the same */
handler alerts_list, alert_get, alert_events, alert_act;          /* alerts.c */
handler rules_list, rule_get, rule_put, rule_delete;              /* rules.c */
handler rule_try;                                                 /* rule_try.c */
handler silences_list, silence_get, silence_post, silence_delete; /* silences.c */
handler digest_get;                                               /* digest.c */
handler events_list;                                              /* events.c */
handler import_create, import_part_put, import_commit;            /* imports.c */
handler import_get, import_cancel;                                /* the same */
handler imports_list;                                             /* import_list.c */
handler import_mapping_get;                                       /* import_workbook.c */
handler import_events, import_errors_csv;                         /* import_streams.c */
handler template_get;                                             /* template.c */
handler changes_list;                                             /* changes.c */

#endif
