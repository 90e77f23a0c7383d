// SPDX-License-Identifier: Apache-2.0
// A database of before the whole standard: what it had judged stays as it was, and is judged anew.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BUILD, waitFor } from '../lib/env.mjs';
import { freshDatabase, migrate, sql } from '../lib/database.mjs';
import { COUNTY, PERIOD } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const BEFORE = 7; // the last migration without it

// MIGRATION(version, "name",⏎ "line\n"…) as the awk script writes it
function migrations() {
  const text = fs.readFileSync(path.join(BUILD, 'gen/migrations.inc'), 'utf8');
  return [...text.matchAll(/MIGRATION\((\d+), "(\w+)",((?:\s*"(?:[^"\\]|\\.)*")+)\s*\)/g)].map(([, version, name, body]) =>
    ({ version: Number(version), name, text: [...body.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
      .map(([, s]) => s.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))).join('') }));
}

// As the migrations of then left it, with a county of one school, judged twice: R2 failed first.
async function makeOld(url) {
  await sql(url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  const old = migrations().filter(({ version }) => version <= BEFORE);
  assert.equal(old.length, BEFORE);
  for (const { text } of old) await sql(url, text);
  const rows = old.map(({ version, name, text }) =>
    `(${version}, '${name}', '\\x${createHash('sha256').update(text).digest('hex')}')`);
  await sql(url, `CREATE TABLE schema_migration (version integer PRIMARY KEY, name text NOT NULL, sha256 bytea NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now());
    INSERT INTO schema_migration VALUES ${rows.join(', ')};
    INSERT INTO region (code, name) VALUES ('${COUNTY}', '鸠江区');
    INSERT INTO school (code, county, name, kind, locale, sponsor)
      VALUES ('2134000001', '${COUNTY}', '某小学', '211', '111', 3);
    INSERT INTO county_period (county, period) VALUES ('${COUNTY}', '${PERIOD}');
    UPDATE county_period SET changed_at = now() - interval '3 hours';
    UPDATE county_version SET at = now() - interval '3 hours';
    INSERT INTO report (county, period, school, version, primary_students)
      VALUES ('${COUNTY}', '${PERIOD}', '2134000001', 1, 100);
    INSERT INTO county_result (county, period, computed_version, standard, verdict)
      VALUES ('${COUNTY}', '${PERIOD}', 1, 'national-2017', 'incomplete');
    INSERT INTO county_result_log SELECT county, period, now() - i * interval '1 hour', 1, standard, verdict, '{}'
      FROM county_result, generate_series(1, 2) i;
    INSERT INTO stage_result SELECT county, period, s, 1, 1, 100, 'met', 'no_data'
      FROM county_result, unnest(ARRAY['primary', 'junior']) s;
    INSERT INTO stage_result_log SELECT county, stage, period, now() - interval '2 hours', 1, 1, 100, schools, status
      FROM stage_result;
    INSERT INTO indicator_result SELECT county, period, stage, 'R' || i, 1, 1, 1, 1, 1, 0.5,
        (ARRAY['met', 'met', 'no_data', 'undefined', 'met', 'met', 'not_applicable'])[i], false, 1, 'met'
      FROM stage_result, generate_series(1, 7) i;
    INSERT INTO indicator_result_log SELECT county, stage, indicator, period, now() - i * interval '1 hour', 1, 1, 1, 1, 1, 0.5,
        CASE WHEN indicator = 'R2' AND i = 2 THEN 'not_met' ELSE cv_status END, false, 1, 'met'
      FROM indicator_result, generate_series(1, 2) i`);
}

describe('upgrade', () => {
  let url;
  let world;
  before(async () => {
    url = await freshDatabase('t_upgrade_old');
    await makeOld(url);
    await migrate(url);
  });
  after(() => world?.stop());

  it('keeps what was judged, as lists of items, now and then', async () => {
    const [[known, failing, unknown, undefined_, stale]] = await sql(url,
      'SELECT known, failing, unknown, undefined, stale FROM county_result');
    const both = (...codes) => `{${['primary', 'junior'].flatMap((s) => codes.map((c) => (c === 'schools' ? `schools.${s}` : `${c}.${s}.cv`)))}}`;
    assert.equal(known, both('R1', 'R2', 'R5', 'R6', 'schools'));
    assert.equal(failing, '{}');
    assert.equal(unknown, both('R3', 'R4'));
    assert.equal(undefined_, both('R4'));
    assert.equal(stale, 't');
    assert.deepEqual(await sql(url, 'SELECT failing, unknown, standard_version FROM county_result_log ORDER BY computed_at'),
      [[both('R2'), both('R3', 'R4'), '1'], ['{}', both('R3', 'R4'), '1']]);
  });

  it('puts the national standard in force', async () => {
    assert.deepEqual(await sql(url, 'SELECT id, version, valid_from FROM standard'), [['national-2017', '1', '2017']]);
  });

  it('judges everything anew, by all that is asked for', async () => {
    world = new World('upgrade', { url });
    await world.start();
    const admin = await world.as('admin');
    const then = await admin.get(`/v1/counties/${COUNTY}/status?as_of=${new Date(Date.now() - 90 * 60000).toISOString()}`);
    assert.deepEqual(then.json.failing, ['R2.primary.cv', 'R2.junior.cv']);
    assert.deepEqual(then.json.items, {});
    const json = await waitFor('the county to be judged anew', async () => {
      const now = (await admin.get(`/v1/counties/${COUNTY}/status`)).json;
      return now.items.G1 && now;
    });
    assert.equal(json.items.G1.status, 'no_data');
    assert.ok(json.missing.includes('G1'));
  });
});
