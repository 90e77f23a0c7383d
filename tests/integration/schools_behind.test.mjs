// SPDX-License-Identifier: Apache-2.0
// The schools behind an event: which they are, in what order, how many in all; and none where there are none.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkMessage } from '../lib/contract.mjs';
import { thisYear, waitFor } from '../lib/env.mjs';
import { COUNTY, countyItems, putCounty, putCountyReport, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('schools_behind');
const SCHOOLS = 30;
const PERIOD = String(thisYear() - 1); // the reports of the year after are not due before it ends
let admin, subscriber;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const codes = (...numbers) => numbers.map((n) => schoolCode(n));
const set = (n, primary, site) => putReport(admin, PERIOD, schoolCode(n), report(200, { primary, site }));

let seen = 0;
// The next event of an item, of that type.
async function next(type, item) {
  const event = await waitFor(`${type} of ${item}`, async () => ok(await admin.get(`/v1/events?after=${seen}&limit=1000`)).items
    .find((e) => e.type === `alert.${type}` && e.item === item));
  seen = event.seq;
  checkMessage('alert.v1', event);
  return event;
}

describe('the schools behind an event', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    subscriber = world.subscribe();
    await subscriber.connected();
    await world.status(COUNTY, PERIOD, await putCounty(admin, { period: PERIOD, n: SCHOOLS }));
  });
  after(() => world.stop());

  it('of a difference between schools: those below the mean, by what they add to it, twenty of them named', async () => {
    await set(7, { teachers_backbone: 60 }); // 30 per hundred: the other 29 are below
    await set(3, { teachers_backbone: 2 }); // furthest below
    const fired = await next('firing', 'R2.primary.cv');
    const { items } = ok(await admin.get(`/v1/ledger?county=${COUNTY}&item=R2.primary.cv`));
    assert.equal(fired.schools.length, 20);
    assert.equal(fired.schools_count, SCHOOLS - 1);
    assert.ok(!fired.schools.includes(schoolCode(7)), 'the one that is above is not what is lacking');
    const worse = await waitFor('the last change', async () => {
      const list = ok(await admin.get(`/v1/ledger/${items[0].id}`));
      return list.shortfall.schools[0].school === schoolCode(3) && list;
    });
    assert.equal(worse.shortfall.schools[0].school, schoolCode(3), 'the ledger has the same order');
    assert.equal(fired.provisional, false);
    assert.deepEqual(await subscriber.event({ type: 'alert.firing', item: 'R2.primary.cv' }), fired);
  });

  it('what a person does says what was told last; what is over has none', async () => {
    const { items } = ok(await admin.get(`/v1/alerts?county=${COUNTY}&state=firing`));
    const alert = items.find((a) => a.item === 'R2.primary.cv');
    assert.equal(alert.provisional, false);
    const { event } = ok(await admin.request('POST', `/v1/alerts/${alert.id}/actions`, { body: { action: 'comment', comment: '在办' } }));
    checkMessage('alert.v1', event);
    assert.deepEqual([event.schools.length, event.schools_count], [20, SCHOOLS - 1]);
    await set(7);
    const over = await next('resolved', 'R2.primary.cv');
    assert.deepEqual([over.schools, over.schools_count], [[], 0]);
  });

  it('of the records: those that are not met, the worst first', async () => {
    await set(3); // … and all are met again
    await world.status(COUNTY, PERIOD, await set(12));
    const two = { teachers_above_degree: 1, teachers_backbone: 1 };
    await admin.request('POST', '/v1/imports', { type: 'application/x-ndjson',
      body: [[9, { ...two, teachers_pe_art: 1 }], [4, two]].map(([n, primary]) => JSON.stringify({
        type: 'report', period: PERIOD, school: schoolCode(n), ...report(200, { primary }) })).join('\n') });
    const fired = await next('firing', 'schools.primary');
    assert.deepEqual([fired.schools, fired.schools_count], [codes(9, 4), 2]);
    await set(9);
    await set(4);
    await next('resolved', 'schools.primary');
  });

  it('of an item of schools: of which a condition is not met, by code; of the county alone: none', async () => {
    await set(20, { largest_class: 60 });
    const classes = await next('firing', 'G5');
    assert.deepEqual([classes.schools, classes.schools_count], [codes(20), 1]);
    await putCountyReport(admin, { period: PERIOD, items: countyItems({ G7: { value: 7000 } }) });
    const funds = await next('firing', 'G7');
    assert.deepEqual([funds.schools, funds.schools_count], [[], 0]);
  });

  it('of reports that are late: who has not reported', async () => {
    await putSchool(admin, schoolCode(40), school());
    ok(await admin.put('/v1/rules/stale', { region: '34', kind: 'stale', due: '12-31' }), 201);
    const stale = await next('firing', 'reports');
    assert.deepEqual([stale.schools, stale.schools_count], [codes(40), 1]);
  });
});
