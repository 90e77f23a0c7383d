// SPDX-License-Identifier: Apache-2.0
// make bench-peers: how long from a figure's change until somebody is notified, beside Debian's Prometheus and Alertmanager,
// tuned to a second: scraped and evaluated every second, no time of grouping. They watch an exporter of 2,900 counties with 14
// series each and notify a webhook; ours has as many counties and tells PUB. All run at the same time on the same machine, and
// are measured in turns. Prints medians, and their ratio; no time makes it fail.
//
// usage: node tests/bench/peers.mjs DIR (of peers.sh)     environment: SAMPLES (40), COUNTIES (2900)
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILD, RUN, freePort, pause, waitFor } from '../lib/env.mjs';

execFileSync(fileURLToPath(new URL('../packages.sh', import.meta.url)), { stdio: 'inherit' });
const { Cluster, migrate } = await import('../lib/database.mjs');
const { R2_FAR, R2_MET, putCounty, report, schoolCode } = await import('../lib/fixtures.mjs');
const { bodyFile, keep, median, quantile, tool } = await import('../lib/measured.mjs');
const { putNation, settled } = await import('../lib/nation_file.mjs');
const { random } = await import('../lib/random.mjs');
const { World } = await import('../lib/world.mjs');

const DIR = path.resolve(process.argv[2] ?? path.join(BUILD, 'peers'));
const SAMPLES = Number(process.env.SAMPLES || 40);
const COUNTIES = Number(process.env.COUNTIES || 2900);
const SERIES = Array.from({ length: 14 }, (_, i) => `${i < 7 ? 'primary' : 'junior'}_R${1 + (i % 7)}`);
const OURS_AT_ONCE = 10;
const COUNTY = '369999';
const TIMES = random(20251123);

fs.chmodSync(RUN, 0o711);
const cluster = new Cluster('bench-peers');
const world = new World('bench-peers', { url: 'later' });
const children = [];

// --- theirs ---------------------------------------------------------------------------------

// The exporter: every county far from its limit but those that were taken over it.
const over = new Set();
const heard = new Map(); // county → when the webhook named it, firing
let scrapes = 0;

function metrics() {
  const lines = ['# HELP junheng_cv coefficient of variation', '# TYPE junheng_cv gauge'];
  for (let i = 0; i < COUNTIES; i++) {
    for (const item of SERIES) lines.push(`junheng_cv{county="${i}",item="${item}"} ${item === SERIES[1] && over.has(i) ? 0.82 : 0.33}`);
  }
  return `${lines.join('\n')}\n`;
}

let page = metrics(); // of what is so now: made when it changes, not while it is fetched

function listen(port, handler) {
  const server = http.createServer(handler);
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

const exporter = (port) => listen(port, (rq, rs) => {
  scrapes += 1;
  rs.setHeader('Content-Type', 'text/plain; version=0.0.4');
  rs.end(page);
});

const webhook = (port) => listen(port, (rq, rs) => {
  const at = performance.now();
  let text = '';
  rq.on('data', (chunk) => (text += chunk));
  rq.on('end', () => {
    rs.end();
    for (const { status, labels } of JSON.parse(text).alerts) {
      if (status === 'firing' && !heard.has(Number(labels.county))) heard.set(Number(labels.county), at);
    }
  });
});

function start(name, ...args) {
  const log = fs.openSync(path.join(RUN, `${name}.log`), 'w');
  const child = spawn(path.join(DIR, name), args, { stdio: ['ignore', log, log] });
  children.push(child);
}

async function startPeers() {
  const [exports, hook, prometheus, manager] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const servers = [await exporter(exports), await webhook(hook)];
  const file = (name, content) => {
    fs.writeFileSync(path.join(RUN, name), content);
    return path.join(RUN, name);
  };
  const rules = file('rules.yml', `groups: [{ name: limits, interval: 1s, rules: [{ alert: OverLimit, expr: junheng_cv > 0.5 }] }]\n`);
  const scraping = file('prometheus.yml', `global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: [${rules}]
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${manager}'] }] }] }
scrape_configs: [{ job_name: counties, static_configs: [{ targets: ['127.0.0.1:${exports}'] }] }]\n`);
  const routing = file('alertmanager.yml', `route: { receiver: hook, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: hook, webhook_configs: [{ url: 'http://127.0.0.1:${hook}/', max_alerts: 0 }] }]\n`);
  start('prometheus-alertmanager', `--config.file=${routing}`, `--storage.path=${path.join(RUN, 'am')}`,
    `--web.listen-address=127.0.0.1:${manager}`, '--cluster.listen-address=');
  start('prometheus', `--config.file=${scraping}`, `--storage.tsdb.path=${path.join(RUN, 'tsdb')}`, `--web.listen-address=127.0.0.1:${prometheus}`,
    '--rules.alert.resend-delay=1s');
  await waitFor('Prometheus to scrape', () => {
    if (children.some((child) => child.exitCode !== null)) return 'ended';
    return scrapes >= 5;
  }, { deadline: 60000 });
  for (const child of children) assert.equal(child.exitCode, null, `${child.spawnfile} ended; its log is in ${RUN}`);
  return servers;
}

// One county's change, somewhen within their second; milliseconds until the webhook has it.
async function theirs(i) {
  await pause(TIMES.n(1000));
  over.add(i);
  page = metrics();
  const begun = performance.now();
  await waitFor(`the webhook to name county ${i}`, () => heard.has(i), { deadline: 30000, every: 2 });
  return heard.get(i) - begun;
}

// --- ours -----------------------------------------------------------------------------------

async function startOurs() {
  await cluster.start({ durable: true });
  await migrate(cluster.url);
  world.url = cluster.url;
  await world.start();
  const admin = await world.as('admin');
  await admin.put('/v1/regions/36', { name: '省' });
  await admin.put(`/v1/regions/${COUNTY}`, { name: '县' });
  await putNation(world, { counties: COUNTIES - 1, schools: COUNTIES - 1 });
  await putCounty(admin, { county: COUNTY });
  await settled(world);
}

async function ours(key) {
  const far = bodyFile(world, 'far.json', report(200, { primary: R2_FAR }));
  const met = bodyFile(world, 'met.json', report(200, { primary: R2_MET }));
  const list = await tool(world.url, 'put_bench', world.apis[0].port, key, `/v1/reports/2025/${schoolCode(2)}`, far, met, OURS_AT_ONCE,
    world.alerts[0], `alert.${COUNTY}.`);
  return list.map((us) => us / 1000);
}

async function main() {
  await startOurs();
  const servers = await startPeers();
  const key = await world.key('admin');
  const lists = { theirs: [], ours: [] };
  await ours(key); // warm
  await theirs(0);
  for (let i = 1; i <= SAMPLES; i++) {
    lists.theirs.push(await theirs(i));
    lists.ours.push(...await ours(key));
  }
  const result = { at: new Date().toISOString(), counties: COUNTIES, series: COUNTIES * SERIES.length };
  for (const [name, list] of Object.entries(lists)) result[name] = { n: list.length, p50_ms: median(list), p99_ms: quantile(list, 0.99) };
  result.sooner = result.theirs.p50_ms / result.ours.p50_ms;
  for (const [name, what] of [['theirs', 'Prometheus + Alertmanager: change → webhook'], ['ours', 'PUT → PUB']]) {
    process.stdout.write(`${what.padEnd(46)} p50 ${result[name].p50_ms.toFixed(2).padStart(9)} ms   p99 ${result[name].p99_ms.toFixed(2).padStart(9)} ms\n`);
  }
  process.stdout.write(`${'sooner at p50, times'.padEnd(46)} ${result.sooner.toFixed(0).padStart(13)}      ≥ 100\n`);
  keep('bench-peers', result);
  for (const server of servers) server.close();
}

try {
  await main();
} finally {
  for (const child of children) child.kill('SIGKILL');
  await world.stop().catch((e) => {
    process.stderr.write(`${e.message}\n`);
    process.exitCode = 1;
  });
  await cluster.destroy();
  if (!process.exitCode) fs.rmSync(RUN, { recursive: true, force: true });
}
process.exit();
