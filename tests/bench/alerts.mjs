// SPDX-License-Identifier: Apache-2.0
// Part of make bench: alerts under load, and among many. A PUT takes its county across a limit; how long until its event is on
// the bus, in durable commits of the same machine in the same minute: with 200 PUTs a second over fifty counties; and of one
// county beside 100,000 open alerts and 1,000 rules of others, against 100. Everything real, fsync on; no time makes it fail.
//
// Environment: ROUNDS (4), SAMPLES a round (200), PUTS a second (200)
import fs from 'node:fs';
import { Cluster, migrate, withDatabase } from '../lib/database.mjs';
import { RUN } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, report, schoolCode } from '../lib/fixtures.mjs';
import { countiesOf, settled } from '../lib/load.mjs';
import { begun, bodyFile, keep, median, quantile, tool } from '../lib/measured.mjs';
import { World } from '../lib/world.mjs';

const ROUNDS = Number(process.env.ROUNDS || 4);
const SAMPLES = Number(process.env.SAMPLES || 200);
const PUTS = Number(process.env.PUTS || 200);
const COUNTIES = countiesOf(50);
const SECONDS = 10; // of a round under load
const FEW = 100;
const MANY = 100000;
const RULES = 1000;

fs.chmodSync(RUN, 0o711);
const cluster = new Cluster('bench-alerts');
const worlds = {};

async function bringUp(name, url) {
  await migrate(url);
  const world = new World(`bench-${name}`, { url });
  worlds[name] = world;
  await world.start();
  world.admin = await world.as('admin');
  world.token = await world.key('admin');
  world.far = bodyFile(world, 'far.json', report(200, { primary: R2_FAR }));
  world.met = bodyFile(world, 'met.json', report(200, { primary: R2_MET }));
  return world;
}

// n open alerts of counties that nothing happens in, and rules of regions that are not theirs either.
async function crowd(world, alerts, rules) {
  await putRegions(world.admin);
  await putCounty(world.admin);
  await world.sql(`INSERT INTO alert (county, item, rule, kind, period, state, severity, value, threshold, version, since, told_at, counted)
    SELECT to_char(370001 + i / 35, 'FM000000'), 'R' || 1 + i % 7 || '.primary.cv.' || i % 35, 'threshold', 'threshold', '${PERIOD}',
      'firing', 'critical', 0.6, 0.5, 1, now(), now(), 1 FROM generate_series(0, ${alerts - 1}) i`);
  await world.sql(`INSERT INTO event (seq, type, alert, county, period, item, rule, severity, value, threshold, version, story)
    SELECT i, 'alert.firing', a.id, a.county, a.period, a.item, a.rule, a.severity, 0.6, 0.5, 1, i
    FROM (SELECT *, (SELECT seq FROM event_counter) + row_number() OVER (ORDER BY id) AS i FROM alert) a WHERE county > '37';
    UPDATE event_counter SET seq = (SELECT max(seq) FROM event)`);
  await world.sql(`INSERT INTO rule (region, id, version, changed_at, document)
    SELECT region, 'more-' || i % 16, 1, now(), json_build_object('region', region, 'kind', 'jump', 'margin', 0.5, 'severity', 'info')
    FROM (SELECT i, to_char(3801 + i / 16, 'FM0000') AS region FROM generate_series(0, ${rules - 1}) i) r;
    UPDATE rule_epoch SET epoch = epoch + 1`);
  await world.sql('VACUUM ANALYZE');
  await settled(world);
}

const flips = (world, county, school, n, ...more) => [world.url, 'put_bench', world.apis[0].port, world.token,
  `/v1/reports/${PERIOD}/${schoolCode(school)}`, world.far, world.met, n, world.alerts[0], `alert.${county}.`, ...more];

async function busy(world) {
  const n = Math.floor((PUTS * SECONDS) / COUNTIES.length / 2) * 2;
  const every = Math.round((1000 * COUNTIES.length) / PUTS);
  const all = COUNTIES.map((county, i) => begun(...flips(world, county, 1000 + 2 * i, n, every)));
  return (await Promise.all(all.map((one) => one.done))).flat();
}

async function measure(few, many) {
  const out = { commit: [], busy: [], few: [], many: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const one = { commit: await tool(few.url, 'commit_bench', SAMPLES), busy: await busy(few),
      few: await tool(...flips(few, COUNTY, 2, SAMPLES)), many: await tool(...flips(many, COUNTY, 2, SAMPLES)) };
    process.stderr.write(`round ${round}${round ? '' : ' (not counted)'}: ${Object.entries(one).map(([k, l]) => `${k} ${median(l)}`).join(', ')} µs\n`);
    if (round) for (const [name, list] of Object.entries(one)) out[name].push(...list);
  }
  return out;
}

const line = (name, value, goal) => process.stdout.write(`${name.padEnd(62)} ${value.padStart(16)}  ${goal}\n`);

function tell(lists) {
  const commit = median(lists.commit);
  const in_ = (list, q) => (quantile(list, q) / commit).toFixed(2);
  line(`PUT → alert at ${PUTS} PUT/s over ${COUNTIES.length} counties: p50 / p99, in commits`, `${in_(lists.busy, 0.5)} / ${in_(lists.busy, 0.99)}`, '≤ 6 (p50)');
  line('  of one county alone', `${in_(lists.few, 0.5)} / ${in_(lists.few, 0.99)}`, '');
  line(`one county beside ${MANY} open alerts and ${RULES} rules, against ${FEW}`, (median(lists.many) / median(lists.few)).toFixed(2), '≤ 1.5');
  const result = { at: new Date().toISOString(), rounds: ROUNDS, puts_per_second: PUTS, commit_p50_us: commit,
    busy_p50: Number(in_(lists.busy, 0.5)), busy_p99: Number(in_(lists.busy, 0.99)), alone_p50: Number(in_(lists.few, 0.5)),
    alone_p99: Number(in_(lists.few, 0.99)), many_against_few: median(lists.many) / median(lists.few) };
  keep('bench-alerts', result);
}

async function main() {
  await cluster.start({ durable: true });
  const few = await bringUp('few', cluster.url);
  await few.sql('CREATE DATABASE crowd');
  const many = await bringUp('many', withDatabase(cluster.url, 'crowd'));
  await crowd(few, FEW, 0);
  await crowd(many, MANY, RULES - 9); // and those that ship
  const cities = [...new Set(COUNTIES.map((c) => c.slice(0, 4)))].map((c) => [c, '市']);
  await putRegions(few.admin, [...cities, ...COUNTIES.map((c) => [c, '县'])]);
  for (const [i, county] of COUNTIES.entries()) await putCounty(few.admin, { county, first: 999 + 2 * i });
  await settled(few);
  tell(await measure(few, many));
}

try {
  await main();
} finally {
  for (const world of Object.values(worlds)) {
    await world.stop().catch((e) => {
      process.stderr.write(`${e.message}\n`);
      process.exitCode = 1;
    });
  }
  await cluster.destroy();
  if (!process.exitCode) fs.rmSync(RUN, { recursive: true, force: true });
}
