// SPDX-License-Identifier: Apache-2.0
// What a database holds, without what differs from one run to the next: ids, times and versions.
import { sql } from './database.mjs';

const ALWAYS = ['id', 'seq', 'story', 'alert', 'entry', 'at', 'time', 'since', 'clear', 'version', 'counted', 'computed_version', 'standard_version'];
const isOfTheRun = (column) => ALWAYS.includes(column) || /_(at|by)$/.test(column);
// Keys and jobs are the test's own; a change waits in the one table or is numbered in the other: both are read through the API.
const LEFT_OUT = /^(schema_migration|api_key|idempotency.*|import_.*|change.*|event_counter|event_outbox|tally)$/;
// What is computed may be computed again, with the same outcome.
const REPEATED = /^county_result_log$/;

// A line a table: its name, how many rows, and a hash of what is in them.
export async function contentOf(url) {
  const columns = await sql(url, `SELECT table_name, column_name FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1, 2`);
  const tables = new Map();
  for (const [table, column] of columns) {
    if (LEFT_OUT.test(table)) continue;
    if (!tables.has(table)) tables.set(table, []);
    if (isOfTheRun(column)) tables.get(table).push(column);
  }
  const each = [...tables].map(([table, dropped]) => `SELECT '${table} ' || count(*) || ' ' || coalesce(md5(string_agg(x, E'\\n' ORDER BY x)), '-')
    FROM (SELECT ${REPEATED.test(table) ? 'DISTINCT' : ''} (to_jsonb(t) - '{${dropped.join(',')}}'::text[])::text AS x FROM ${table} t) rows`);
  return (await sql(url, each.join(' UNION ALL '))).map(([line]) => line).sort();
}

// Every change, as a mirror is told of it, without numbers, times and versions.
export async function changesOf(client) {
  const lines = [];
  for (let after = 0; ;) {
    const { json } = await client.request('GET', `/v1/changes?after=${after}&limit=1000`, { check: after === 0 });
    for (const { type, action, region, code, period } of json.items) lines.push([type, action, region, code, period ?? ''].join(' '));
    after = json.last;
    if (!json.next) return lines.sort();
  }
}
