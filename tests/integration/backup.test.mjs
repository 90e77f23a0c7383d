// SPDX-License-Identifier: Apache-2.0
// A backup as deploy/README.md makes and restores it: all there is comes back, keys among it, and both programs go on with it.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { contentOf } from '../lib/content.mjs';
import { sql, withDatabase } from '../lib/database.mjs';
import { PGBIN, run, waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const STATUS = `/v1/counties/${COUNTY}/status?period=${PERIOD}`;
const world = new World('backup');
let restored, admin;

const tool = async (name, args, options) => {
  const done = await run(path.join(PGBIN, name), args, options);
  assert.equal(done.status, 0, done.stderr);
};
const set = (client, figures) => putReport(client, PERIOD, schoolCode(2), report(200, { primary: figures }));

describe('a backup', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    await putCounty(admin);
    await world.status(COUNTY, PERIOD, await set(admin, R2_FAR));
  });
  after(async () => {
    await restored?.stop();
    await world.stop();
  });

  it('comes back as it was', async () => {
    const file = path.join(world.dir, 'junheng.dump');
    const url = withDatabase(process.env.JHT_CLUSTER, 't_restored');
    await tool('pg_dump', ['-Fc', '-f', file, world.url]);
    await sql(world.url, 'CREATE DATABASE t_restored TEMPLATE template0');
    await tool('pg_restore', ['--exit-on-error', '-d', url, file]);
    assert.deepEqual(await contentOf(url), await contentOf(world.url));
    restored = new World('backup_restored', { url });
    await restored.start();
    const then = await admin.get(STATUS);
    const now = await restored.client(await world.key('admin')).get(STATUS);
    assert.equal(then.status, 200);
    assert.deepEqual([now.status, now.text], [then.status, then.text]);
  });

  it('is behind what was told since: who goes on from there is told', async () => {
    const client = restored.client(await world.key('admin'));
    const { last } = (await admin.get('/v1/changes')).json;
    await set(admin, R2_MET);
    const later = await waitFor('a later change', async () => {
      const { json } = await admin.get('/v1/changes');
      return json.last > last && json.last;
    });
    assert.equal((await client.get(`/v1/changes?after=${last}`)).status, 200);
    assert.equal((await client.get(`/v1/changes?after=${later}`)).status, 400);
  });

  it('goes on', async () => {
    const client = restored.client(await world.key('admin'));
    const version = await set(client, R2_MET);
    await restored.status(COUNTY, PERIOD, version);
    await waitFor('the alert to be over', async () => (await client.get('/v1/alerts?state=firing')).json.items
      .every((a) => a.item !== 'R2.primary.cv'));
  });
});
