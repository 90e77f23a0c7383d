// SPDX-License-Identifier: Apache-2.0
// The world of one test file: a database, APIs and monitors on free ports, keys, clients.
//
//   const world = new World('alerts', { apis: 1, monitors: 1 });
//   before(() => world.start());   after(() => world.stop());
//
// stop() fails the test when a process did not end cleanly or logged what nobody expected.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { BUILD, RUN, SLOW, freePort, run, waitFor } from './env.mjs';
import { freshDatabase, sql } from './database.mjs';
import { Subscriber } from './bus.mjs';
import { Client } from './http.mjs';
import { Service } from './service.mjs';

// A test file whose worlds have all ended has nothing left to do: a handle that somebody
// forgot must not hold up the run.
let worlds = 0;
let guard;

function begun() {
  worlds += 1;
  clearTimeout(guard);
}

function ended() {
  worlds -= 1;
  if (worlds > 0) return;
  guard = setTimeout(() => {
    process.stderr.write('a handle is still open after the last world ended\n');
    process.exit(1);
  }, 20000 * SLOW).unref();
}

export class World {
  // url: a database of the test's own (else a fresh one); env: settings of all services; clock: that the
  // APIs have, with the database of the same clock. A monitor reads the database's alone.
  constructor(name, { apis = 1, monitors = 1, env = {}, url, clock } = {}) {
    Object.assign(this, { name, counts: { apis, monitors }, env, url, clock });
    this.dir = path.join(RUN, name);
    this.apis = [];
    this.monitors = [];
    this.closers = [];
    this.keys = new Map();
  }

  async start({ api = true, monitor = true } = {}) {
    await this.prepare();
    if (monitor) for (const m of this.monitors) await this.startMonitor(m);
    if (api) for (const a of this.apis) await this.startApi(a);
  }

  // Everything but the processes.
  async prepare() {
    begun();
    fs.mkdirSync(this.dir, { recursive: true });
    this.url ??= await freshDatabase(`t_${this.name.replace(/\W/g, '_')}`);
    const { apis, monitors } = this.counts;
    const ports = [];
    for (let i = 0; i < 2 * apis + monitors; i++) ports.push(await freePort());
    const endpoints = ports.map((p) => `tcp://127.0.0.1:${p}`);
    this.changes = endpoints.slice(apis, 2 * apis);
    this.alerts = endpoints.slice(2 * apis);
    for (let i = 0; i < apis; i++) this.#addApi(i, ports[i]);
    for (let i = 0; i < monitors; i++) this.#addMonitor(i);
  }

  #service(name, binary, settings) {
    const env = { ...process.env, JUNHENG_DATABASE_URL: this.url, ...settings, ...this.env };
    return new Service(name, path.join(BUILD, binary), env, path.join(this.dir, `${name}.log`));
  }

  #addApi(i, port) {
    const api = this.#service(`api${i}`, 'junheng-api', { JUNHENG_PORT: String(port),
      JUNHENG_CHANGES_BIND: this.changes[i], JUNHENG_ALERTS_CONNECT: this.alerts.join(','), ...this.clock?.env(path.join(BUILD, 'junheng-api')) });
    api.port = port;
    this.apis.push(api);
  }

  #addMonitor(i) {
    this.monitors.push(this.#service(`monitor${i}`, 'junheng-monitor', {
      JUNHENG_ALERTS_BIND: this.alerts[i], JUNHENG_CHANGES_CONNECT: this.changes.join(',') }));
  }

  async startApi(api = this.apis[0]) {
    api.start();
    await this.ready(api);
  }

  ready(api = this.apis[0], status = 200) {
    return waitFor(`${api.name} /readyz ${status}`, async () => {
      api.mustRun();
      return (await this.client(undefined, api).get('/readyz')).status === status;
    }, { deadline: 20000 });
  }

  async startMonitor(monitor = this.monitors[0]) {
    monitor.start();
    await monitor.line(/"event":"ready"/);
  }

  client(key, api = this.apis[0]) {
    api.client ??= new Client(api.port);
    return api.client.as(key);
  }

  // A client with a key of its own; the same role and region share one.
  async as(role, region = 'all') {
    return this.client(await this.key(role, region));
  }

  async key(role, region = 'all') {
    const name = `${role} ${region}`;
    if (!this.keys.has(name)) this.keys.set(name, (await this.newKey(role, region)).token);
    return this.keys.get(name);
  }

  async newKey(role, region, ...more) {
    const made = await this.ctl(['key', 'create', '--quiet', '--role', role, '--region', region,
      ...more]);
    assert.equal(made.status, 0, made.stderr);
    const token = made.stdout.trim();
    assert.match(token, /^jh_[\w-]{43}$/);
    return { token };
  }

  ctl(args, { env = {}, input } = {}) {
    const settings = { JUNHENG_DATABASE_URL: this.url,
      JUNHENG_URL: `http://127.0.0.1:${this.apis[0]?.port ?? 1}`, ...env };
    return run(path.join(BUILD, 'junhengctl'), args, { env: { ...process.env, ...settings },
      input, cwd: this.dir });
  }

  sql(text) {
    return sql(this.url, text);
  }

  // Rows of every table that a write could touch, to show that nothing was written.
  async tableCounts() {
    const rows = await this.sql(`
      SELECT 'region', count(*), sum(version) FROM region
      UNION ALL SELECT 'school', count(*), sum(version) FROM school
      UNION ALL SELECT 'school_history', count(*), 0 FROM school_history
      UNION ALL SELECT 'report', count(*), sum(version) FROM report
      UNION ALL SELECT 'report_history', count(*), 0 FROM report_history
      UNION ALL SELECT 'county_period', count(*), sum(version) FROM county_period
      UNION ALL SELECT 'county_report', count(*), sum(version) FROM county_report
      UNION ALL SELECT 'county_report_history', count(*), 0 FROM county_report_history
      UNION ALL SELECT 'county_plan', count(*), sum(version) FROM county_plan
      UNION ALL SELECT 'county_plan_history', count(*), 0 FROM county_plan_history
      UNION ALL SELECT 'ledger_entry', count(*), sum(revision) FROM ledger_entry
      UNION ALL SELECT 'ledger_history', count(*), 0 FROM ledger_history
      UNION ALL SELECT 'standard', count(*), sum(version) FROM standard
      UNION ALL SELECT 'standard_history', count(*), 0 FROM standard_history
      UNION ALL SELECT 'api_key', count(*), 0 FROM api_key ORDER BY 1`);
    return rows.map((r) => r.join(' '));
  }

  subscribe(options) {
    const subscriber = new Subscriber(this.alerts, options);
    this.closers.push(() => subscriber.close());
    return subscriber;
  }

  // The judged county once it rests on version or a later one.
  async status(county, period, version) {
    const client = await this.as('supervisor');
    return waitFor(`status of ${county} ${period} at version ${version}`, async () => {
      const { status, json } = await client.get(`/v1/counties/${county}/status?period=${period}`);
      assert.equal(status, 200);
      return json.version >= version && json;
    });
  }

  async stop() {
    const problems = [];
    const attempt = async (action) => {
      try {
        await action();
      } catch (e) {
        problems.push(e.message);
      }
    };
    for (const close of this.closers) await attempt(close);
    for (const api of this.apis) api.client?.close();
    for (const service of [...this.apis, ...this.monitors]) {
      if (service.running) await attempt(() => service.stop());
      const lines = service.complaints();
      if (lines.length) problems.push(`${service.name}:\n${lines.slice(0, 40).join('\n')}`);
    }
    ended();
    assert.deepEqual(problems, []);
  }
}
