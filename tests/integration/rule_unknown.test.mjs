// SPDX-License-Identifier: Apache-2.0
// Of an item that lacks data, rules that compare say nothing: a figure that is taken back is no cure, and neither is a new school year
// of which the first school has reported. What was foretold of a year is over when that year is known.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { thisYear } from '../lib/env.mjs';
import { COUNTY, R2_FAR, countyItems, putCounty, putCountyReport, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { planOf, settled } from '../lib/load.mjs';
import { Told } from '../lib/told.mjs';
import { World } from '../lib/world.mjs';

const world = new World('rule_unknown');
const ITEM = 'G7'; // yuan a pupil of special schools: at least 8,000
const CV = 'R2.primary.cv';
const STALE = { kind: 'stale', due: '12-31', severity: 'warning' }; // of NEXT it is to come
const NEXT = thisYear();
const PLAN = `/v1/plans/${COUNTY}`;
let admin, province;

const told = new Told();
const brief = (e) => [e.type, e.reason, e.item, e.period, e.value];
const ok = ({ status, text, json }, wanted = 200) => {
  assert.equal(status, wanted, text);
  return json;
};
const pay = async (period, value) => {
  const { G7, ...others } = countyItems({ G7: { value } });
  const version = await putCountyReport(admin, { period, items: value ? { G7, ...others } : others });
  await world.status(COUNTY, period, version);
};

describe('rules, of what lacks data', () => {
  before(async () => {
    [admin, province] = await told.begin(world);
    for (const ago of [3, 2, 1]) {
      const period = String(NEXT - ago);
      await putCounty(admin, { period, own: false });
      await putReport(admin, period, schoolCode(2), report(200, { primary: R2_FAR }));
      await pay(period, 7000 - 100 * (3 - ago));
    }
    for (const [id, body] of [['forecast', { kind: 'forecast', items: [ITEM] }], ['plan', { kind: 'plan', items: [ITEM] }],
      ['own-jump', { kind: 'jump', margin: 0.5, items: [CV] }]]) {
      ok(await province.put(`/v1/rules/${id}`, { region: '34', severity: 'warning', ...body }), 201);
    }
    await settled(world);
  });
  after(() => world.stop());

  const last = String(NEXT - 1);
  const both = async (wanted) => {
    for (const rule of ['plan', 'forecast']) assert.deepEqual(brief(await told.next(rule)), wanted, rule);
  };

  it('a figure that is taken back withdraws what it raised: it is not met by that', async () => {
    ok(await province.put(PLAN, { recognition_year: String(NEXT) }), 201);
    await planOf(world, COUNTY, NEXT - 1);
    await both(['alert.firing', 'tripped', ITEM, last, 6800]);
    await pay(last, 0);
    await both(['alert.withdrawn', 'no_data', ITEM, last, null]);
    await pay(last, 6800);
    await both(['alert.firing', 'tripped', ITEM, last, 6800]);
  });

  it('the first report of a year ends nothing, and is no jump', async () => {
    await putSchool(admin, schoolCode(3), school(COUNTY)); // of which nothing comes
    ok(await province.put('/v1/rules/stale', { region: '34', ...STALE }), 201);
    assert.deepEqual(brief(await told.next('stale')), ['alert.firing', 'tripped', 'reports', last, 1]);
    const year = String(NEXT);
    for (const n of [1, 2]) {
      const version = await putReport(admin, year, schoolCode(n), report(200, n === 2 ? { primary: R2_FAR } : {}));
      await world.status(COUNTY, year, version); // of each by itself
    }
    await settled(world);
    assert.deepEqual((await told.events('own-jump')).map(brief), []);
    for (const [rule, n] of [['plan', 3], ['forecast', 3], ['stale', 1]]) assert.equal((await told.events(rule)).length, n, rule);
  });

  it('a former year that is corrected is looked back at by a year that knows no item yet', async () => {
    const sent = (period, pupils) => putReport(admin, period, schoolCode(1), report(pupils));
    ok(await province.put('/v1/rules/leap', { region: '34', kind: 'jump', of: 'schools', margin: 0.5, severity: 'warning' }), 201);
    await sent(String(NEXT), 400);
    assert.deepEqual(brief(await told.next('leap')), ['alert.firing', 'tripped', 'schools', String(NEXT), 1]);
    await sent(last, 400);
    assert.deepEqual(brief(await told.next('leap')), ['alert.resolved', 'cleared', 'schools', String(NEXT), 0]);
    await sent(last, 200);
    assert.equal((await told.next('leap')).type, 'alert.firing');
    ok(await province.delete('/v1/rules/leap'));
    assert.equal((await told.next('leap')).type, 'alert.withdrawn');
    await sent(String(NEXT), 200);
    await settled(world);
  });

  it('what was foretold of a year is over when it is known, and what was late in the year before', async () => {
    await pay(String(NEXT), 9000);
    await both(['alert.resolved', 'cleared', ITEM, String(NEXT), 9000]);
    assert.deepEqual(brief(await told.next('stale')), ['alert.resolved', 'cleared', 'reports', String(NEXT), 1]);
  });
});
