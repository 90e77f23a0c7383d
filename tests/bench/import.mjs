// SPDX-License-Identifier: Apache-2.0
// make bench-import: a national file through POST /v1/imports, beside COPY of the same rows into an empty table of
// the same columns and indexes, in the same minute on the same cluster (fsync on). Medians and ratios; no time fails it.
//
// Environment: RUNS (5), SCHOOLS (200000), COUNTIES (2900)
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Cluster, migrate } from '../lib/database.mjs';
import { BUILD, RUN, run, waitFor } from '../lib/env.mjs';
import { World } from '../lib/world.mjs';

const RUNS = Number(process.env.RUNS || 5);
const SCHOOLS = Number(process.env.SCHOOLS || 200000);
const COUNTIES = Number(process.env.COUNTIES || 2900);
const PART = 2 << 20;

fs.chmodSync(RUN, 0o711);
const cluster = new Cluster('bench-import');
const world = new World('bench-import', { url: 'later', monitors: 0 });

const STAGE = { students: 900, classes: 20, largest_class: 45, oversized_classes: 1, teachers: 60, teachers_above_degree: 50,
  teachers_backbone: 9, teachers_pe_art: 8, teachers_pe_art_visiting: 2, teachers_certified: 60, teachers_trained: 55,
  zone_students: 880, migrant_students: 30 };
const SITE = { teaching_area: 6300.5, indoor_sports_area: 800, sports_ground_area: 9000.25, extra_sports_area: 0,
  equipment_value: 2700000, multimedia_rooms: 24, public_funds: 950000, public_funds_budget: 900000, training_budget: 50000 };
const ROOMS = { music_rooms: [96, 90.5], art_rooms: [90] };

// more: pupils that every school has more than in the file before
function* rows(period, more) {
  for (let i = 0; i < SCHOOLS; i++) {
    const stage = { ...STAGE, students: STAGE.students + (i % 97) + more };
    yield { period, school: String(2134000000 + i), stages: { primary: stage }, site: { ...SITE, ...ROOMS } };
  }
}

function cells({ period, school, stages, site }) {
  return [school, period, ...Object.values(stages.primary), ...Object.keys(SITE).map((k) => site[k]),
    ...Object.keys(ROOMS).map((k) => site[k].join(';'))];
}
const HEADER = ['school', 'period', ...Object.keys(STAGE).map((k) => `primary.${k}`),
  ...[...Object.keys(SITE), ...Object.keys(ROOMS)].map((k) => `site.${k}`)].join(',');

function* text(format, period, more) {
  if (format === 'csv') yield `${HEADER}\n`;
  for (const row of rows(period, more)) {
    yield format === 'csv' ? `${cells(row).join(',')}\n` : `${JSON.stringify({ type: 'report', ...row })}\n`;
  }
}

function* parts(format, period, more) {
  let held = [];
  let size = 0;
  for (const line of text(format, period, more)) {
    held.push(line);
    size += line.length;
    if (size < PART - 4096) continue;
    yield Buffer.from(held.join(''));
    held = [];
    size = 0;
  }
  yield Buffer.from(held.join(''));
}

async function upload(client, format, mode, period, more) {
  const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
  const { json: { id } } = await client.request('POST', `/v1/imports?mode=${mode}`, { body: '', type });
  let n = 0;
  for (const bytes of parts(format, period, more)) {
    n += 1;
    const headers = { 'Content-Digest': `sha-256=:${crypto.createHash('sha256').update(bytes).digest('base64')}:` };
    const { status, text: why } = await client.request('PUT', `/v1/imports/${id}/parts/${n}`,
      { body: bytes, type: 'application/octet-stream', headers });
    assert.equal(status, 200, why);
  }
  return id;
}

// Seconds from the commit of the parts to the end of the job.
async function load(client, format, mode, period, more, wanted) {
  const id = await upload(client, format, mode, period, more);
  const start = performance.now();
  await client.request('POST', `/v1/imports/${id}/commit`);
  const job = await waitFor(`import ${id}`, async () => {
    const { json } = await client.get(`/v1/imports/${id}`);
    return !['queued', 'running'].includes(json.state) && json;
  }, { deadline: 600000, every: 10 });
  assert.equal(job.state, 'done', JSON.stringify(job));
  assert.equal(job[wanted], SCHOOLS, JSON.stringify(job));
  return (performance.now() - start) / 1000;
}

async function prepare(admin) {
  await admin.put('/v1/regions/34', { name: '省' });
  await world.sql(`INSERT INTO region (code, name) SELECT to_char(340000 + i, 'FM000000'), '县' FROM generate_series(1, ${COUNTIES}) i`);
  await world.sql(`INSERT INTO school (code, county, name, kind, locale, sponsor)
    SELECT to_char(2134000000 + i, 'FM0000000000'), to_char(340001 + i % ${COUNTIES}, 'FM000000'), '某校', '211', '111', 3
    FROM generate_series(0, ${SCHOOLS - 1}) i`);
  await world.sql('VACUUM ANALYZE');
}

// The rows of a period as CSV of the table's columns, and COPY of them into an empty one.
async function raw(period) {
  const file = path.join(world.dir, 'raw.csv');
  const psql = async (command) => {
    const done = await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', '\\timing on', '-c', command, world.url]);
    assert.equal(done.status, 0, done.stderr);
    return Number(/Time: ([\d.]+) ms/.exec(done.stdout)?.[1]) / 1000;
  };
  await world.sql('DROP TABLE IF EXISTS raw; CREATE TABLE raw (LIKE report INCLUDING ALL)');
  await psql(`\\copy (SELECT * FROM report WHERE period = '${period}') TO '${file}' CSV`);
  const seconds = await psql(`\\copy raw FROM '${file}' CSV`);
  await world.sql('DROP TABLE raw');
  return seconds;
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const results = {};
const note = (name, seconds) => (results[name] ??= []).push(seconds);

await cluster.start({ durable: true });
world.url = cluster.url;
try {
  await migrate(cluster.url);
  await world.start();
  const admin = await world.as('admin');
  await prepare(admin);
  let peak = 0;
  for (let i = 0; i < RUNS; i++) {
    const period = (n) => String(2000 + 3 * i + n);
    note('csv, first load', await load(admin, 'csv', 'atomic', period(0), 0, 'created'));
    note('csv, nothing changed', await load(admin, 'csv', 'atomic', period(0), 0, 'unchanged'));
    note('raw COPY', await raw(period(0)));
    note('csv, every row changed', await load(admin, 'csv', 'atomic', period(0), 1, 'updated'));
    note('ndjson, first load', await load(admin, 'ndjson', 'atomic', period(1), 0, 'created'));
    note('csv, first load, partial', await load(admin, 'csv', 'partial', period(2), 0, 'created'));
    peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${world.apis[0].pid}/status`, 'utf8'))[1]));
  }
  const base = median(results['raw COPY']);
  const table = Object.fromEntries(Object.entries(results).map(([name, list]) =>
    [name, { seconds: median(list), ratio: base / median(list) }]));
  for (const [name, { seconds, ratio }] of Object.entries(table)) {
    console.log(`${name.padEnd(26)} ${seconds.toFixed(2).padStart(7)} s   ${ratio.toFixed(2)} of raw COPY`);
  }
  console.log(`peak memory of the API     ${(peak / 1024).toFixed(0)} MB`);
  fs.writeFileSync(path.join(BUILD, 'bench-import.json'), JSON.stringify({ runs: RUNS, schools: SCHOOLS, table, peak_kb: peak }, null, 1));
} finally {
  await world.stop();
  await cluster.destroy();
}
