// SPDX-License-Identifier: Apache-2.0
// PostgreSQL goes away and comes back: clients are told when to come again, nothing has to
// be restarted, and nothing that was answered is lost.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Cluster, migrate, sql } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const cluster = new Cluster('faults');
const URL_ = `/v1/reports/${PERIOD}/${schoolCode(2)}`;
const EXPECTED = [/db-unavailable/, /"busy"/, /sweep/, /database/];
let world;
let admin;
let subscriber;

const expectErrors = (w) => {
  for (const service of [...w.apis, ...w.monitors]) service.expected.push(...EXPECTED);
};

async function refusedForNow(action) {
  const answer = await action();
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.json.type, /db-unavailable|busy/);
  assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
}

describe('a database that fails', () => {
  before(async () => {
    await cluster.start();
    await migrate(cluster.url);
    world = new World('database_faults', { url: cluster.url });
    await world.start();
    expectErrors(world);
    admin = await world.as('admin');
    subscriber = world.subscribe();
    await subscriber.connected();
    await putRegions(admin);
    await putCounty(admin);
  });
  after(async () => {
    try {
      await world.stop();
    } finally {
      await cluster.destroy();
    }
  });

  it('stopped: 503 with Retry-After, alive but not ready', async () => {
    await cluster.stop();
    await refusedForNow(() => admin.put(URL_, report(300)));
    await refusedForNow(() => admin.get(URL_));
    const ready = await admin.get('/readyz');
    assert.equal(ready.status, 503);
    assert.equal((await admin.get('/healthz')).status, 200);
    assert.equal((await admin.get('/openapi.json')).status, 200);
  });

  it('started: both services go on by themselves', async () => {
    await cluster.start();
    await world.ready();
    const version = await waitFor('a write to be taken', async () => {
      const { status, json } = await admin.put(URL_, report(200, { primary: R2_FAR }));
      return status === 200 && json.version;
    });
    await subscriber.event({ type: 'alert.firing', item: 'R2.primary.cv' });
    const { resources } = await world.status(COUNTY, PERIOD, version);
    assert.equal(resources.primary.indicators.R2.cv_status, 'not_met');
  });

  it('crashed under load: what was answered is there', async () => {
    const answered = new Map();
    let crashed = false;
    let failures = 0;
    const writer = async (period) => {
      for (let i = 0; i < 4000 && !(crashed && failures > 8); i++) {
        const body = report(200 + (i % 50) * 100);
        try {
          const { status, json } = await admin.put(`/v1/reports/${period}/${schoolCode(1)}`, body);
          if (status === 200 || status === 201) {
            answered.set(period, { version: json.version, body, after: [] });
          } else {
            assert.equal(status, 503);
            failures++;
            answered.get(period)?.after.push(body);
          }
        } catch (e) {
          if (e.code === 'ERR_ASSERTION') throw e;
          failures++;
          answered.get(period)?.after.push(body);
        }
      }
    };
    const writers = Promise.all(['2018', '2019', '2020', '2021'].map(writer));
    await waitFor('some writes', () => answered.size === 4);
    await cluster.crash();
    crashed = true;
    await writers;
    await cluster.start();
    await world.ready();
    for (const [period, { version, body, after: unknown }] of answered) {
      const { json } = await waitFor('the report', async () => {
        const got = await admin.get(`/v1/reports/${period}/${schoolCode(1)}`);
        return got.status === 200 && got;
      });
      // cut off mid-commit: it may be there though it was not answered
      const one = [body, ...unknown].some((b) => JSON.stringify(b.stages) === JSON.stringify(json.stages));
      assert.ok(json.version >= version && one, `${period}: ${JSON.stringify(json)}`);
      await world.status(COUNTY, period, json.version);
    }
  });

  it('crashed right after a computation: the same is computed again', async () => {
    for (let i = 0; i < 3; i++) {
      const version = await putReport(admin, PERIOD, schoolCode(1), report(300 + i * 100));
      const known = await world.status(COUNTY, PERIOD, version);
      await cluster.crash();
      await cluster.start();
      await world.ready();
      const again = await world.status(COUNTY, PERIOD, version);
      assert.deepEqual([again.version, again.verdict, again.resources],
        [version, known.verdict, known.resources]);
    }
  });

  it('a connection that is cut: the next request gets a new one', async () => {
    for (let i = 0; i < 3; i++) {
      await sql(cluster.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND application_name LIKE 'junheng%'`);
      await waitFor('an answer', async () => (await admin.get(URL_)).status === 200);
    }
    const version = await waitFor('a write', async () => {
      const { status, json } = await admin.put(URL_, report(200, { primary: R2_MET }));
      return status === 200 && json.version;
    });
    await world.status(COUNTY, PERIOD, version);
  });

  it('a standby is no database to write to: 503 until it is promoted', async () => {
    await cluster.stop();
    fs.writeFileSync(path.join(await cluster.dataFolder(), 'standby.signal'), '');
    const started = cluster.start(); // comes back once the server takes writes
    started.catch(() => {});
    await waitFor('the standby', async () =>
      (await sql(cluster.url, 'SELECT pg_is_in_recovery()'))[0][0] === 't');
    for (let i = 0; i < 5; i++) await refusedForNow(() => admin.put(URL_, report(700)));
    assert.equal((await admin.get('/readyz')).status, 503);
    await sql(cluster.url, 'SELECT pg_promote()');
    await started;
    await world.ready();
    const version = await waitFor('a write', async () => {
      const { status, json } = await admin.put(URL_, report(800));
      return status === 200 && json.version;
    });
    await world.status(COUNTY, PERIOD, version);
  });

  it('monitor and API started before PostgreSQL wait for it', async () => {
    await world.monitors[0].stop();
    await world.apis[0].stop();
    await cluster.stop();
    world.monitors[0].start();
    world.apis[0].start();
    await waitFor('the API to be alive', async () => (await admin.get('/healthz')).status === 200);
    assert.equal((await admin.get('/readyz')).status, 503);
    await waitFor('the monitor to have tried', () => world.monitors[0].lines
      .slice(world.monitors[0].firstLine).some((line) => /"level":"(warn|error)"/.test(line)));
    // Neither says that it is what it is not.
    for (const service of [world.apis[0], world.monitors[0]])
      assert.deepEqual(service.lines.slice(service.firstLine).filter((line) => /"event":"ready"/.test(line)), []);
    await cluster.start();
    await world.ready();
    const version = await putReport(admin, PERIOD, schoolCode(2), report(200, { primary: R2_FAR }));
    await world.status(COUNTY, PERIOD, version);
  });

  it('a monitor without the API finds changes by itself', async () => {
    await world.monitors[0].stop();
    const version = await putReport(admin, PERIOD, schoolCode(2), report(200, { primary: R2_MET }));
    await world.apis[0].stop();
    await world.startMonitor();
    await waitFor('the figures', async () => {
      const rows = await world.sql(`SELECT computed_version FROM county_result
        WHERE county = '${COUNTY}' AND period = '${PERIOD}'`);
      return Number(rows[0]?.[0]) >= version;
    });
    await world.startApi();
  });

  it('both end in order while PostgreSQL is away', async () => {
    await cluster.stop();
    await world.monitors[0].stop();
    await world.apis[0].stop();
    await cluster.start();
  });

  it('an empty database: not ready until it is migrated', async () => {
    await sql(cluster.url, 'CREATE DATABASE bare');
    const bare = new World('database_bare', { url: cluster.url.replace(/(@[^/]*)\/junheng(\?|$)/, '$1/bare$2') });
    await bare.prepare();
    bare.apis[0].expected.push(/.*/);
    bare.monitors[0].expected.push(/.*/);
    try {
      bare.apis[0].start();
      bare.monitors[0].start();
      await bare.ready(bare.apis[0], 503);
      await migrate(bare.url);
      await bare.ready();
      await bare.monitors[0].line(/"event":"ready"/);
    } finally {
      await bare.stop();
    }
  });
});
