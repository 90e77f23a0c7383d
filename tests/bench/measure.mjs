// SPDX-License-Identifier: Apache-2.0
// make bench: what a PUT and an alert cost, told in durable commits of the same machine in the
// same minute, and the memory of both services. Everything real: fsync on, validation, keys,
// history, events. Prints a table and writes BUILD/bench.json (bench-slow.json with COMMIT_DELAY_US); no time makes it fail.
//
// Started by bench.mjs. Environment: ROUNDS (6), SAMPLES a round (300)
import fs from 'node:fs';
import { Cluster, migrate } from '../lib/database.mjs';
import { RUN } from '../lib/env.mjs';
import { PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { bodyFile, keep, quantile, sorted, tool } from '../lib/measured.mjs';
import { World } from '../lib/world.mjs';

const ROUNDS = Number(process.env.ROUNDS || 6);
const SAMPLES = Number(process.env.SAMPLES || 300);
const SCHOOLS = 30; // of the measured county: a common size
const REPORTS = 10000;

fs.chmodSync(RUN, 0o711);
const cluster = new Cluster('bench');
const world = new World('bench', { url: 'later' });
const url = `/v1/reports/${PERIOD}/${schoolCode(2)}`;

const sum = (list) => list.reduce((a, b) => a + b, 0);

// One school of thirty that has ten times the others' R2 goes over the limit of 0.5; two
// counties, so that PUTs without an alert and those with one do not meet.
async function prepare(admin) {
  await putRegions(admin);
  await admin.put('/v1/regions/340208', { name: '三山区' });
  await putCounty(admin, { n: SCHOOLS });
  await putCounty(admin, { county: '340208', first: 101, n: 2 });
}

async function fill(admin) {
  let next = 0;
  const years = Array.from({ length: 10 }, (_, i) => String(2017 + i));
  const schools = REPORTS / years.length;
  const worker = async () => {
    while (next < schools) {
      const i = next++;
      const county = `3403${String(1 + (i % 40)).padStart(2, '0')}`;
      await putSchool(admin, schoolCode(10000 + i), school(county));
      for (const period of years) await putReport(admin, period, schoolCode(10000 + i), report(200 + (i % 9) * 100));
    }
  };
  for (let i = 1; i <= 40; i++) await admin.put(`/v1/regions/3403${String(i).padStart(2, '0')}`, { name: `县${i}` });
  await Promise.all(Array.from({ length: 8 }, worker));
}

async function measure(key) {
  const { port } = world.apis[0];
  const a = bodyFile(world, 'a.json', report(200, { primary: { migrant_students: 10 } }));
  const b = bodyFile(world, 'b.json', report(200, { primary: { migrant_students: 11 } }));
  const far = bodyFile(world, 'far.json', report(200, { primary: R2_FAR }));
  const met = bodyFile(world, 'met.json', report(200, { primary: R2_MET }));
  const alerting = `/v1/reports/${PERIOD}/${schoolCode(102)}`;
  const out = { commit: [], put: [], alert: [] };
  const warm = 20 + (SAMPLES % 2);
  await tool(cluster.url, 'commit_bench', warm);
  for (let round = 0; round <= ROUNDS; round++) {
    const n = round === 0 ? warm - (warm % 2) : SAMPLES - (SAMPLES % 2);
    const commit = await tool(cluster.url, 'commit_bench', n);
    const put = await tool(cluster.url, 'put_bench', port, key, url, a, b, n);
    const alert = await tool(cluster.url, 'put_bench', port, key, alerting, far, met, n, world.alerts[0]);
    process.stderr.write(`round ${round}${round ? '' : ' (not counted)'}: ${[commit, put, alert]
      .map((l) => quantile(sorted(l), 0.5)).join(' / ')} µs\n`);
    if (round === 0) continue;
    out.commit.push(...commit);
    out.put.push(...put);
    out.alert.push(...alert);
  }
  return Object.fromEntries(Object.entries(out).map(([name, list]) => [name, sorted(list)]));
}

const kib = (service) => service.rss();
const rss = () => ({ api: kib(world.apis[0]), monitor: kib(world.monitors[0]) });

function tell(result) {
  const { commit } = result.times;
  const rows = [['', 'p50 µs', 'p99 µs', 'p50 / commit', 'p99 / commit', 'goal']];
  for (const [name, goal] of [['commit', ''], ['put', 'p50 ≤ 2'], ['alert', 'p50 ≤ 3, p99 ≤ 10']]) {
    const t = result.times[name];
    rows.push([name, t.p50, t.p99, (t.p50 / commit.p50).toFixed(2), (t.p99 / commit.p50).toFixed(2), goal]);
  }
  for (const name of ['api', 'monitor']) {
    rows.push([`RSS ${name}`, '', '', `idle ${(result.rss.idle[name] / 1024).toFixed(1)} MB`,
      `${REPORTS} reports ${(result.rss.full[name] / 1024).toFixed(1)} MB`, '≤ 32 MB']);
  }
  for (const row of rows) {
    process.stdout.write(`${row.map((c, i) => (i ? String(c).padStart(i > 2 ? 22 : 9) : String(c).padEnd(12))).join(' ')}\n`);
  }
}

async function main() {
  await cluster.start({ durable: true });
  await migrate(cluster.url);
  world.url = cluster.url;
  await world.start();
  const idle = rss();
  const admin = await world.as('admin');
  await prepare(admin);
  const lists = await measure(await world.key('admin'));
  await fill(admin);
  const full = rss();
  const times = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, { n: list.length,
    p50: quantile(list, 0.5), p90: quantile(list, 0.9), p99: quantile(list, 0.99), max: list.at(-1),
    mean: Math.round(sum(list) / list.length) }]));
  const result = { at: new Date().toISOString(), rounds: ROUNDS, times, rss: { idle, full },
    ratios: { put_p50: times.put.p50 / times.commit.p50, alert_p50: times.alert.p50 / times.commit.p50,
      alert_p99: times.alert.p99 / times.commit.p50 } };
  tell(result);
  keep('bench', result);
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
