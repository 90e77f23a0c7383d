// SPDX-License-Identifier: Apache-2.0
// make bench-import: a national file through POST /v1/imports, beside COPY of the same rows into an empty table of
// the same columns and indexes, and beside a naive import by Express and pg, in the same minute on the same cluster (fsync on).
// Medians and ratios; no time fails it.
//
// Environment: RUNS (5), SCHOOLS (200000), COUNTIES (2900)
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cluster, migrate } from '../lib/database.mjs';
import { RUN, run } from '../lib/env.mjs';

execFileSync(fileURLToPath(new URL('../packages.sh', import.meta.url)), { stdio: 'inherit' });
const { World } = await import('../lib/world.mjs');
const { naiveImport } = await import('./naive.mjs');
const { keep, median } = await import('../lib/measured.mjs');
const { importEnd, nationParts, openImport, putNation, sendPart, upload } = await import('../lib/nation_file.mjs');

const RUNS = Number(process.env.RUNS || 5);
const SCHOOLS = Number(process.env.SCHOOLS || 200000);
const COUNTIES = Number(process.env.COUNTIES || 2900);

fs.chmodSync(RUN, 0o711);
const cluster = new Cluster('bench-import');
const world = new World('bench-import', { url: 'later', monitors: 0 });

// Seconds from the commit of the parts to the end of the job.
async function load(client, format, mode, period, more, wanted) {
  const id = await upload(client, format, mode, { period, schools: SCHOOLS, more });
  const start = performance.now();
  await client.request('POST', `/v1/imports/${id}/commit`);
  const job = await importEnd(client, id);
  assert.equal(job[wanted], SCHOOLS, JSON.stringify(job));
  return (performance.now() - start) / 1000;
}

// The same file, ready in memory, through us and through the naive server: from the first byte sent to the last row stored.
async function beside(client, period) {
  const parts = [...nationParts('ndjson', { period, schools: SCHOOLS })];
  const start = performance.now();
  const id = await openImport(client, 'ndjson', 'mode=atomic');
  for (const [i, bytes] of parts.entries()) await sendPart(client, id, i + 1, bytes);
  await client.request('POST', `/v1/imports/${id}/commit`);
  await importEnd(client, id);
  note('ndjson, sent and loaded', (performance.now() - start) / 1000);
  const naive = await naiveImport(world, parts, SCHOOLS, 500); // 14,000 parameters a statement
  note('ndjson, Express + pg, 500 rows', naive.seconds);
  // The plainest way takes so long that a tenth of the file has to do.
  const some = Math.ceil(SCHOOLS / 10);
  const plain = await naiveImport(world, [...nationParts('ndjson', { period, schools: some })], some, 1);
  note('ndjson, Express + pg, row by row', plain.seconds * (SCHOOLS / some));
  return naive.peak;
}

// As it was before the first file: what a first load is held against is COPY into a table that was empty.
async function empty() {
  await world.sql('TRUNCATE report, report_history, county_period, county_version, county_result, change_queue, import_job CASCADE');
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

const results = {};
const note = (name, seconds) => (results[name] ??= []).push(seconds);

await cluster.start({ durable: true });
world.url = cluster.url;
try {
  await migrate(cluster.url);
  await world.start();
  const admin = await world.as('admin');
  await admin.put('/v1/regions/34', { name: '省' });
  await putNation(world, { counties: COUNTIES, schools: SCHOOLS });
  let naivePeak = 0;
  const period = (n) => String(2000 + n);
  for (let i = 0; i < RUNS; i++) {
    await empty();
    note('csv, first load', await load(admin, 'csv', 'atomic', period(0), 0, 'created'));
    note('csv, nothing changed', await load(admin, 'csv', 'atomic', period(0), 0, 'unchanged'));
    note('raw COPY', await raw(period(0)));
    note('csv, every row changed', await load(admin, 'csv', 'atomic', period(0), 1, 'updated'));
    await empty();
    note('ndjson, first load', await load(admin, 'ndjson', 'atomic', period(1), 0, 'created'));
    await empty();
    note('csv, first load, partial', await load(admin, 'csv', 'partial', period(2), 0, 'created'));
  }
  // After the others: the minutes of single rows leave the server a checkpoint that none of them is to be measured in.
  for (let i = 0; i < RUNS; i++) {
    await empty();
    naivePeak = Math.max(naivePeak, await beside(admin, period(3)));
  }
  const peak = Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${world.apis[0].pid}/status`, 'utf8'))[1]);
  const base = median(results['raw COPY']);
  const table = Object.fromEntries(Object.entries(results).map(([name, list]) =>
    [name, { seconds: median(list), ratio: base / median(list) }]));
  for (const [name, { seconds, ratio }] of Object.entries(table)) {
    console.log(`${name.padEnd(34)} ${seconds.toFixed(2).padStart(7)} s   ${ratio.toFixed(2)} of raw COPY`);
  }
  const ours = table['ndjson, sent and loaded'].seconds;
  const times = Object.fromEntries(['500 rows', 'row by row'].map((how) => [how, table[`ndjson, Express + pg, ${how}`].seconds / ours]));
  console.log(`beside Express + pg: ${times['row by row'].toFixed(2)} times its rate row by row (goal ≥ 4), ${times['500 rows'].toFixed(2)} times with 500 rows a statement`);
  console.log(`peak memory of the API ${(peak / 1024).toFixed(0)} MB, of Express + pg ${(naivePeak / 1024).toFixed(0)} MB: 1/${(naivePeak / peak).toFixed(1)} (goal < 1/8)`);
  keep('bench-import', { runs: RUNS, schools: SCHOOLS, table, peak_kb: peak, naive_peak_kb: naivePeak, naive_ratios: times });
} finally {
  await world.stop();
  await cluster.destroy();
}
