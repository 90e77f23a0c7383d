// SPDX-License-Identifier: Apache-2.0
// Part of make bench: a nation. How long it takes to judge it again, beside COPY of the same rows out of the database; whether
// one county costs more in a large nation than in a small one; and what a PUT has to wait for during a national import.
// Everything real, fsync on. Medians of RUNS within one run; no time makes it fail.
//
// Environment: RUNS (5), SCHOOLS (200000), COUNTIES (2900); the small nation is a tenth of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import { Cluster, migrate } from '../lib/database.mjs';
import { RUN, pause, run } from '../lib/env.mjs';
import { begun, bodyFile, keep, median, quantile, tool } from '../lib/measured.mjs';
import { World } from '../lib/world.mjs';
import { followImport, importEnd, nationReport, nationSchool, putNation, settled, upload } from '../lib/nation_file.mjs';

const RUNS = Number(process.env.RUNS || 5);
const SCHOOLS = Number(process.env.SCHOOLS || 200000);
const COUNTIES = Number(process.env.COUNTIES || 2900);
const SMALL = { counties: Math.ceil(COUNTIES / 10), schools: Math.ceil(SCHOOLS / 10) };
const PERIOD = '2025';
const ALERTS = 200;
const ALERT_EVERY_MS = 50;
const APART = '349999'; // a county that no file has

fs.chmodSync(RUN, 0o711);
const cluster = new Cluster('bench-nation');
// A short sweep: it is its work that is measured, not how long it may sleep.
const world = new World('bench-nation', { url: 'later', monitors: 2, env: { JUNHENG_SWEEP_MS: '100' } });

const say = (text) => process.stderr.write(`${text}\n`);

async function timed(action) {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

// Seconds of COPY of the period's reports to nowhere, as the client takes them.
async function copyOut() {
  const done = await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', '\\timing on', '-c',
    `\\copy (SELECT * FROM report WHERE period = '${PERIOD}') TO '/dev/null' (FORMAT binary)`, world.url]);
  assert.equal(done.status, 0, done.stderr);
  return Number(/Time: ([\d.]+) ms/.exec(done.stdout)[1]) / 1000;
}

async function recompute() {
  const done = await world.ctl(['recompute', '--all', '--timeout', '600']);
  assert.equal(done.status, 0, done.stderr);
}

// So that every figure of every stage is another one.
async function changeAll() {
  await world.sql(`UPDATE report SET primary_teachers_above_degree = primary_teachers_above_degree + 1,
    primary_teachers_backbone = primary_teachers_backbone + 1, primary_teachers_pe_art = primary_teachers_pe_art + 1,
    teaching_area = teaching_area + 10, sports_ground_area = sports_ground_area + 10, equipment_value = equipment_value + 5000,
    multimedia_rooms = multimedia_rooms + 1 WHERE period = '${PERIOD}'`);
  await world.sql('VACUUM ANALYZE report');
}

// One school of a county's sixty-nine that has far more of R2 than the others takes the county over its limit, and back.
const FAR = { teachers_backbone: 60 };
async function alerts(key) {
  const far = bodyFile(world, 'far.json', nationReport(0, 0, FAR));
  const met = bodyFile(world, 'met.json', nationReport(0));
  return tool(world.url, 'put_bench', world.apis[0].port, key, `/v1/reports/${PERIOD}/${nationSchool(0)}`, far, met, ALERTS, world.alerts[0]);
}

// A nation that has grown to that size, and what one county of it costs: by itself, and in the judging of all.
async function oneCounty(admin, key, { counties, schools }, had = { counties: 0, schools: 0 }) {
  await putNation(world, { counties: counties - had.counties, schools: schools - had.schools, firstCounty: had.counties,
    firstSchool: had.schools });
  const told = await followImport(admin, await commit(admin, await upload(admin, 'csv', 'partial', { period: PERIOD, schools })));
  assert.equal(told.at(-1).event, 'done', JSON.stringify(told.at(-1)));
  await settled(world, { every: 100 });
  await world.sql('VACUUM ANALYZE');
  await alerts(key); // warm
  const all = [];
  const alone = [];
  for (let i = 0; i < RUNS; i++) {
    alone.push(median(await alerts(key)));
    all.push((await timed(recompute)) / counties);
  }
  say(`${counties} counties: alert ${median(alone)} µs, of all ${(median(all) * 1000).toFixed(2)} ms each`);
  return { alone: median(alone) / 1e6, all: median(all) };
}

async function commit(client, id) {
  await client.request('POST', `/v1/imports/${id}/commit`);
  return id;
}

// All rules as they ship, or none in force.
async function rules(admin, shipped, inForce) {
  for (const { id, version, changed_at: at, ...rule } of shipped) {
    const { status, text } = await admin.put(`/v1/rules/${id}`, { ...rule, enabled: inForce && rule.enabled });
    assert.equal(status, 200, `${version} of ${at}: ${text}`);
  }
  await settled(world, { every: 100 });
}

async function judging(admin) {
  const out = { copy: [], bare: [], same: [], changed: [] };
  const { items: shipped } = (await admin.get('/v1/rules?region=')).json;
  for (let i = 0; i < RUNS; i++) {
    await rules(admin, shipped, false);
    out.bare.push(await timed(recompute));
    await rules(admin, shipped, true);
    out.copy.push(await copyOut());
    out.same.push(await timed(recompute));
    await changeAll();
    out.copy.push(await copyOut());
    out.changed.push(await timed(recompute));
    say(`run ${i + 1}: without rules ${out.bare.at(-1).toFixed(2)} s, copy ${out.copy.at(-1).toFixed(2)} s, same ${out.same.at(-1).toFixed(2)} s, changed ${out.changed.at(-1).toFixed(2)} s`);
  }
  return out;
}

// PUTs, one after the other, of a county that the file has: with what they were answered.
async function putsInside(admin, going) {
  const waits = [];
  let busy = 0;
  for (let i = 0; going(); i++) {
    const start = performance.now();
    const { status } = await admin.put(`/v1/reports/${PERIOD}/${nationSchool(1)}`, nationReport(1, 1000 + i));
    waits.push(performance.now() - start);
    if (status === 503) busy += 1;
    else assert.ok(status === 200 || status === 201, `${status}`);
  }
  return { waits, busy };
}

// Durable commits of the same time: what a busy machine leaves of them.
async function commitsDuring(going) {
  const list = [];
  while (going()) {
    list.push(...await tool(world.url, 'commit_bench', 50));
    await pause(200);
  }
  return list;
}

// A second county that no file has, of two schools, goes over its limit and back, some times a second: until its event is told.
const APART_ALERTS = '349998';
const ALERTING = `/v1/reports/${PERIOD}/3499980002`;
async function putApart(admin) {
  await admin.put(`/v1/regions/${APART}`, { name: '县' });
  await admin.put('/v1/schools/3499990001', { name: '某校', county: APART, kind: '211', locale: '111', sponsor: '3' });
  await admin.put(`/v1/regions/${APART_ALERTS}`, { name: '县' });
  for (const i of [1, 2]) {
    await admin.put(`/v1/schools/349998000${i}`, { name: '某校', county: APART_ALERTS, kind: '211', locale: '111', sponsor: '3' });
    const { status, text } = await admin.put(`/v1/reports/${PERIOD}/349998000${i}`, nationReport(0));
    assert.equal(status, 201, text);
  }
}

function alertsApart(key) {
  const far = bodyFile(world, 'far.json', nationReport(0, 0, FAR));
  const met = bodyFile(world, 'met.json', nationReport(0));
  return [world.apis[0].port, key, ALERTING, far, met, 100000, world.alerts[0],
    `alert.${APART_ALERTS}.R2.primary.cv`, ALERT_EVERY_MS];
}

// The nation judged again by one monitor, and by two: seconds of each.
async function shared() {
  const out = { one: [], two: [] };
  for (let i = 0; i < RUNS; i++) {
    out.one.push(await timed(recompute));
    await world.startMonitor(world.monitors[1]);
    out.two.push(await timed(recompute));
    await world.monitors[1].stop();
    say(`run ${i + 1}: one monitor ${out.one.at(-1).toFixed(2)} s, two ${out.two.at(-1).toFixed(2)} s`);
  }
  return out;
}

// A PUT of a county that no file has, over and over, while a national file is merged.
async function putsDuring(admin, key, mode, more) {
  const file = `/v1/reports/${PERIOD}/3499990001`;
  const a = bodyFile(world, 'a.json', nationReport(0, more));
  const b = bodyFile(world, 'b.json', nationReport(0, more + 1));
  const id = await upload(admin, 'csv', mode, { period: PERIOD, schools: SCHOOLS, more });
  await admin.put(ALERTING, nationReport(0)); // as it was before the file before
  await settled(world);
  const outside = begun(world.url, 'put_bench', world.apis[0].port, key, file, a, b, 100000);
  const alerted = begun(world.url, 'put_bench', ...alertsApart(key));
  let going = true;
  const inside = putsInside(admin, () => going);
  const commits = commitsDuring(() => going);
  const seconds = await timed(async () => importEnd(admin, await commit(admin, id), { every: 50 }));
  going = false;
  const puts = await outside.end();
  const behind = await timed(() => settled(world, { every: 50 }));
  return { seconds, behind, outside: puts, alerted: await alerted.end(), inside: await inside, commits: await commits };
}

function peakKb(service) {
  return Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${service.pid}/status`, 'utf8'))[1]);
}

const line = (name, value, goal = '') => process.stdout.write(`${name.padEnd(52)} ${value.padStart(26)}  ${goal}\n`);

function tellDuring(mode, r, base) {
  const at = (q) => (quantile(r.outside, q) / base).toFixed(1);
  line(`PUT during an import, ${mode}: p50 / p99, in commits`, `${at(0.5)} / ${at(0.99)}`, '≤ 10 (p99)');
  line('  in commits that were made meanwhile', ['0.5', '0.99'].map((q) => (quantile(r.outside, Number(q)) / median(r.commits)).toFixed(1)).join(' / '));
  line('  a bare commit meanwhile: p50 / p99, in commits', [0.5, 0.99].map((q) => (quantile(r.commits, q) / base).toFixed(1)).join(' / '));
  line('  its alert, of another such county: p50 / p99, in commits', [0.5, 0.99].map((q) => (quantile(r.alerted, q) / base).toFixed(1)).join(' / '), '≤ 20 (p99)');
  line('  of a county in the file: p50 / max, ms; 503', `${median(r.inside.waits).toFixed(1)} / ${Math.max(...r.inside.waits).toFixed(0)}; ${r.inside.busy}`);
  line('  the import, s; then until every county is current', `${r.seconds.toFixed(1)}; ${r.behind.toFixed(2)}`);
}

function tell({ small, large, judged, both, commits, during, peak }) {
  const copy = median(judged.copy);
  line(`${SCHOOLS} schools, ${COUNTIES} counties: COPY of the reports, s`, copy.toFixed(2));
  line('  judged again, nothing changed, in COPY', (median(judged.same) / copy).toFixed(2), '≤ 4');
  line('  …, in the time of the same without any rule', (median(judged.same) / median(judged.bare)).toFixed(2), '≤ 1.5');
  line('  every figure changed, in COPY', (median(judged.changed) / copy).toFixed(2), '≤ 12');
  line(`  by one monitor, in the time of two (${os.cpus().length} cores for all)`, (median(both.one) / median(both.two)).toFixed(2), '≥ 1.6 with cores enough');
  line('  one county beside a tenth of the nation: alone', (large.alone / small.alone).toFixed(2), '≤ 1.1');
  line('  … in the judging of all', (large.all / small.all).toFixed(2), '≤ 1.1');
  for (const [mode, r] of Object.entries(during)) {
    tellDuring(mode, r, median(commits));
    line('  …, in COPY', (r.behind / copy).toFixed(2), '≤ 12');
  }
  line('peak memory of the monitor', `${(peak / 1024).toFixed(1)} MB`, '≤ 96 MB');
}

async function main() {
  await cluster.start({ durable: true });
  await migrate(cluster.url);
  world.url = cluster.url;
  await world.start({ monitor: false });
  await world.startMonitor();
  const admin = await world.as('admin');
  const key = await world.key('admin');
  await admin.put('/v1/regions/34', { name: '省' });
  await putApart(admin);
  const small = await oneCounty(admin, key, SMALL);
  const large = await oneCounty(admin, key, { counties: COUNTIES, schools: SCHOOLS }, SMALL);
  const judged = await judging(admin);
  const both = await shared();
  const during = {};
  const commits = [];
  for (const [i, mode] of ['partial', 'atomic'].entries()) {
    commits.push(...await tool(world.url, 'commit_bench', 1000));
    during[mode] = await putsDuring(admin, key, mode, 10 * (i + 1));
    commits.push(...await tool(world.url, 'commit_bench', 1000));
  }
  // At the end, for a second period would be judged again as well.
  const other = await followImport(admin, await commit(admin, await upload(admin, 'ndjson', 'atomic', { period: '2024', schools: SCHOOLS })));
  assert.equal(other.at(-1).event, 'done', JSON.stringify(other.at(-1)));
  await settled(world, { every: 100 });
  const result = { runs: RUNS, schools: SCHOOLS, counties: COUNTIES, small, large, judged, both, peak: peakKb(world.monitors[0]), during, commits };
  tell(result);
  const kept = { ...result, commits: median(commits), during: Object.fromEntries(Object.entries(during).map(([mode, r]) => [mode,
    { seconds: r.seconds, behind: r.behind, commits: median(r.commits), p50: median(r.outside), p99: quantile(r.outside, 0.99), alert_p50: median(r.alerted), alert_p99: quantile(r.alerted, 0.99), busy: r.inside.busy,
      inside_p50_ms: median(r.inside.waits), inside_max_ms: Math.max(...r.inside.waits) }])) };
  keep('bench-nation', kept);
}

try {
  await main();
} finally {
  await world.stop().catch((e) => {
    process.stderr.write(`${e.message}\n`);
    process.exitCode = 1;
  });
  await cluster.destroy();
  if (!process.exitCode) fs.rmSync(RUN, { recursive: true, force: true });
}
