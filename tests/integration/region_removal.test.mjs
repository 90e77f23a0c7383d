// SPDX-License-Identifier: Apache-2.0
// A county that is gone can report nothing: what its reports opened has to be over before.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { countyItems, putCounty, putCountyReport, putRegions, putSchool, school, schoolCode } from '../lib/fixtures.mjs';
import { settled } from '../lib/load.mjs';
import { World } from '../lib/world.mjs';

const COUNTY = '340203', OTHER = '340204';
const world = new World('region_removal');
let admin;

const remove = async (status, words) => {
  const answer = await admin.delete(`/v1/regions/${COUNTY}`);
  assert.equal(answer.status, status, answer.text);
  if (words) assert.match(answer.text, words);
};
const open = async () => (await admin.get(`/v1/alerts?county=${COUNTY}`)).json.items
  .filter((a) => ['pending', 'firing', 'acknowledged'].includes(a.state));

describe('a region that is removed', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '弋江区'], [OTHER, '鸠江区']]);
  });
  after(() => world.stop());

  it('has no report of its own, no alert and no entry that is not over', async () => {
    await putCounty(admin, { county: COUNTY, period: '2025', first: 30, own: false });
    await putCountyReport(admin, { county: COUNTY, items: countyItems({ G7: { value: 7000 } }) });
    await settled(world);
    assert.ok((await open()).length > 0);
    await remove(409, /学校/);
    for (const i of [30, 31]) await putSchool(admin, schoolCode(i), school(OTHER));
    await settled(world);
    await remove(409, /2025/);
    assert.ok((await open()).length > 0, 'and it was not removed');

    // What nobody has looked at yet is still there.
    await world.monitors[0].stop();
    assert.equal((await admin.delete(`/v1/county-reports/2025/${COUNTY}`)).status, 200);
    await remove(409, /ledger entries/);
    await world.startMonitor();
    await waitFor('the alerts to be withdrawn', async () => (await open()).length === 0);
    const entries = (await admin.get(`/v1/ledger?county=${COUNTY}`)).json.items;
    assert.deepEqual([...new Set(entries.map((e) => e.state))], ['withdrawn']);
    await remove(200);
    assert.equal((await admin.get(`/v1/regions/${COUNTY}`)).status, 404);
  });
});
