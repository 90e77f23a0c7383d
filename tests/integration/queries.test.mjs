// SPDX-License-Identifier: Apache-2.0
// Every statement that is compiled in prepares on the migrated schema, and those that read a
// county do so through an index. (Standards are few: theirs may be read as a whole.)
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { BUILD, ROOT } from '../lib/env.mjs';
import { freshDatabase, sql } from '../lib/database.mjs';

// QUERY(NAME,⏎ "line\n"⏎ "line\n") as the awk script writes it
function queries() {
  const text = fs.readFileSync(path.join(BUILD, 'gen/queries.inc'), 'utf8');
  return [...text.matchAll(/QUERY\((\w+),((?:\s*"(?:[^"\\]|\\.)*")+)\s*\)/g)].map(([, name, body]) => ({
    name: name.toLowerCase(),
    text: [...body.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, s]) => s
      .replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))).join(''),
  }));
}

const all = queries();
const prepares = (text) => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|MERGE)\b/i.test(text);
const trimmed = (text) => text.trim().replace(/;$/, '');
const argumentsOf = (text) => Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map((m) => Number(m[1])));
// an import's session makes tables of its own, which its statements read as a whole
const session = all.filter((q) => /^\s*CREATE TEMP/.test(q.text)).map((q) => trimmed(q.text)).join(';\n');
const isImport = ({ name }) => /^import_/.test(name);
const LARGE = /\breport\b|\bschool\b|\bledger_entry\b|\balert\b|\bevent\b|_history\b|_log\b|\bcounty_version\b|\bchange\b/;
const WHOLE = /Seq Scan on (report|school|ledger_entry|alert|event|(?!standard_)\w+_history|\w+_log|county_version|change|change_queue)\b|^failed/;
const ofLarge = all.filter((q) => prepares(q.text) && !isImport(q) && LARGE.test(q.text) && !/^\s*INSERT[^$]*VALUES/i.test(q.text));
// what a session of the pool plans with
const settings = [...fs.readFileSync(path.join(ROOT, 'services/store/conninfo.c'), 'utf8').matchAll(/-c ((?:plan|enable)_\w+=\w+)/g)].map(([, s]) => `SET ${s};`).join(' ');
let url;

async function planOf(database, text) {
  const n = argumentsOf(text);
  const given = Array(n).fill('NULL').join(', ');
  const plan = await sql(database, `${settings} PREPARE q AS ${trimmed(text)}; EXPLAIN EXECUTE q${n ? `(${given})` : ''}`)
    .catch((e) => [[`failed: ${e.message}`]]);
  return plan.flat();
}

// a pilot: some counties of few schools, and an event of each
async function small(name, counties) {
  const database = await freshDatabase(name);
  await sql(database, `
    INSERT INTO region SELECT to_char(340000 + i, 'FM000000'), 'x' FROM generate_series(1, ${counties}) i;
    INSERT INTO school (code, county, name, kind, locale, sponsor)
      SELECT to_char(2134000000 + i, 'FM0000000000'), to_char(340001 + i % ${counties}, 'FM000000'), 'x', '211', '111', 3
      FROM generate_series(1, 7 * ${counties}) i;
    INSERT INTO report (county, period, school, version, primary_students) SELECT county, '2025', code, 1, 100 FROM school;
    INSERT INTO county_period (county, period) SELECT DISTINCT county, period FROM report;
    INSERT INTO county_result (county, period, computed_version) SELECT county, period, 1 FROM county_period;
    INSERT INTO ledger_entry (county, item, state, period, version, shortfall, opened_at, changed_at)
      SELECT code, 'G1', 'open', '2025', 1, '{}', now(), now() FROM region;
    INSERT INTO alert (county, period, version, item, rule, state, severity) SELECT code, '2025', 1, 'G1', 'threshold', 'firing', 'critical' FROM region;
    INSERT INTO event (seq, type, alert, county, period, item, rule, severity, version)
      SELECT id, 'alert.firing', id, county, period, item, rule, severity, 1 FROM alert;
    ANALYZE`);
  return database;
}

async function readAsAWhole(database) {
  const failed = [];
  for (const { name, text } of ofLarge) {
    const bad = (await planOf(database, text)).filter((l) => WHOLE.test(l));
    if (bad.length) failed.push(`${name}: ${bad.join('; ')}`);
  }
  return failed;
}

describe('queries', () => {
  before(async () => {
    url = await freshDatabase('t_queries');
    await sql(url, `
      INSERT INTO region SELECT to_char(340000 + i, 'FM000000'), 'x' FROM generate_series(1, 150) i;
      INSERT INTO school (code, county, name, kind, locale, sponsor)
        SELECT to_char(2134000000 + i, 'FM0000000000'), to_char(340000 + 1 + i % 150, 'FM000000'),
        'x', '211', '111', 3 FROM generate_series(1, 20000) i;
      INSERT INTO report (county, period, school, version, primary_students)
        SELECT county, p, code, 1, 100 FROM school, unnest(ARRAY['2023', '2024', '2025']) p;
      INSERT INTO county_period (county, period) SELECT DISTINCT county, period FROM report;
      INSERT INTO county_result (county, period, computed_version) SELECT county, period, 1 FROM county_period;
      INSERT INTO school_history SELECT *, now() FROM school;
      INSERT INTO report_history SELECT now(), NULL::bigint, * FROM report;
      INSERT INTO county_version SELECT county, period, at - i * interval '1 h', version FROM county_version, generate_series(1, 9) i;
      INSERT INTO county_report SELECT county, period, 1, now(), NULL, '{}' FROM county_period;
      INSERT INTO county_report_history SELECT now(), NULL::bigint, county, period, i, now(), NULL, '{}'
        FROM county_report, generate_series(1, 9) i;
      INSERT INTO county_plan SELECT code, 10, 2025, now(), NULL, '{}' FROM region;
      INSERT INTO county_plan_history SELECT now(), NULL::bigint, county, i, 2025, now(), NULL, '{}'
        FROM county_plan, generate_series(1, 9) i;
      INSERT INTO calendar SELECT 2000 + i, to_char(r, 'FM00'), 10, now(), NULL, '{}' FROM generate_series(1, 90) i, generate_series(11, 65) r;
      INSERT INTO calendar_history SELECT now(), NULL::bigint, year, region, i, now(), NULL, '{}' FROM calendar, generate_series(1, 9) i;
      INSERT INTO ledger_entry (county, item, state, period, version, shortfall, opened_at, changed_at)
        SELECT code, 'G' || i, 'open', '2025', 1, '{}', now(), now() FROM region, generate_series(1, 40) i;
      INSERT INTO ledger_history SELECT id, i, now(), 'edited', NULL, period, 1 FROM ledger_entry, generate_series(1, 9) i;
      INSERT INTO rule SELECT '34', 'r' || i, 1, now(), NULL, '{}' FROM generate_series(1, 16) i;
      INSERT INTO rule_history SELECT now(), NULL::bigint, region, id, i, now(), NULL, '{}' FROM rule, generate_series(1, 2000) i ON CONFLICT DO NOTHING;
      INSERT INTO alert (county, period, version, item, rule, state, severity)
        SELECT code, '2025', 1, 'G' || i, 'threshold', CASE WHEN i < 20 THEN 'firing' ELSE 'resolved' END, 'critical' FROM region, generate_series(1, 200) i;
      INSERT INTO event (seq, type, alert, county, period, item, rule, severity, version)
        SELECT id * 2 - n, CASE n WHEN 1 THEN 'alert.firing' ELSE 'alert.resolved' END, id, county, period, item, rule, severity, 1
        FROM alert, generate_series(0, 1) n;
      INSERT INTO item_result_log SELECT county, period, at, '{}' FROM county_version;
      INSERT INTO county_result_log SELECT county, period, at, version, 'national-2017', 'met', '{}' FROM county_version;
      INSERT INTO stage_result SELECT county, period, s, 1, 1, 1, 'met', 'met' FROM county_period, unnest(ARRAY['primary', 'junior']) s;
      INSERT INTO stage_result_log SELECT county, stage, period, at, 1, 1, 1, 'met', 'met'
        FROM stage_result JOIN county_version USING (county, period);
      INSERT INTO indicator_result SELECT county, period, stage, 'R' || i, 1, 1, 1, 1, 1, 0.5, 'met', false, 1, 'met'
        FROM stage_result, generate_series(1, 7) i;
      INSERT INTO indicator_result_log SELECT county, stage, indicator, period, at, 1, 1, 1, 1, 1, 0.5, 'met', false, 1, 'met'
        FROM indicator_result JOIN county_version USING (county, period);
      INSERT INTO change_queue (at, type, removed, region, code, version)
        SELECT now(), 'region', false, '34', '34', i FROM generate_series(1, 20000) i;
      INSERT INTO change SELECT id, at, type, removed, region, code, period, version FROM change_queue;
      UPDATE change_counter SET seq = 20000;
      ANALYZE`);
  });

  it('were found', () => assert.ok(all.length > 20, `${all.length}`));

  it('all prepare', async () => {
    const failed = [];
    for (const { name, text } of all.filter((q) => prepares(q.text))) {
      await sql(url, `${isImport({ name }) ? `${session};` : ''} PREPARE q AS ${trimmed(text)}`).catch((e) => failed.push(`${name}: ${e.message}`));
    }
    assert.deepEqual(failed, []);
  });

  it('touch large tables through an index', async () => {
    assert.ok(ofLarge.length > 50 && /plan_cache_mode.*enable_seqscan/.test(settings), settings);
    assert.deepEqual(await readAsAWhole(url), []);
  });

  // A plan that is made while the tables are small is kept when they are not any more.
  it('do so when there was hardly anything yet', async () => {
    assert.deepEqual(await readAsAWhole(await small('t_queries_small', 3)), []);
  });

  it('look up by the key what they join of a nation, also when there was one county', async () => {
    const one = await small('t_queries_one', 1);
    for (const name of ['recompute_lock', 'alerts_write', 'behind_list', 'behind_count', 'late_list', 'alert_act', 'untold_free', 'untold_tell']) {
      const plan = (await planOf(one, all.find((q) => q.name === name).text)).join('\n');
      assert.doesNotMatch(plan.replace(/CTE held[^]*/, ''), /Join Filter: \(\((p|k)\.county = r\.county|Backward using event_pkey|Function Scan on county_story|^failed/, name);
    }
  });

  it('find what is open without what is over, also where there was nothing yet', async () => {
    const empty = await freshDatabase('t_queries_empty');
    for (const name of ['recompute_alerts', 'alerts_write']) {
      const plan = (await planOf(empty, all.find((q) => q.name === name).text)).join('\n');
      assert.doesNotMatch(plan, /using alert_county\b|^failed/, name);
    }
  });

  it('leave a change when they write what is mirrored', () => {
    const writes = /(INSERT INTO|UPDATE|DELETE FROM) (region|standard|school|report|county_report|county_plan|calendar|rule)\b/;
    // an import leaves all of its changes in one statement
    const writers = all.filter((q) => q.name === 'import_tell' || (writes.test(q.text) && !isImport(q)));
    assert.ok(writers.length >= 15, `${writers.length}`);
    assert.deepEqual(writers.filter((q) => !/INSERT INTO change_queue/.test(q.text)).map((q) => q.name), []);
  });

  it('find the line of a mistake by its key, also before there are statistics', async () => {
    const empty = await freshDatabase('t_queries_lines');
    const { text } = all.find((q) => q.name === 'import_error_lines');
    const plan = await sql(empty, `SET plan_cache_mode = force_generic_plan;
      PREPARE q AS ${trimmed(text)}; EXPLAIN EXECUTE q(NULL, NULL, NULL, NULL, NULL)`);
    const lines = plan.map(([l]) => l);
    const looked = lines.filter((l) => /Index Cond: \(\(job = \w\.job\) AND \("row" = \w\."row"\)\)/.test(l));
    assert.equal(looked.length, 2, lines.join('\n'));
  });
});
