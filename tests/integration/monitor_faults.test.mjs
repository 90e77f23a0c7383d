// SPDX-License-Identifier: Apache-2.0
// Monitors die and come back, or are several: no transition is lost, none is recorded twice.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('monitor_faults', { monitors: 2 });
const ITEM = 'R2.primary.cv';
const COUNTIES = Array.from({ length: 8 }, (_, i) => `3402${String(i + 1).padStart(2, '0')}`);
let admin;
let subscriber;

const second = (i) => schoolCode(10 * (i + 1) + 1);
const set = (i, figures) => putReport(admin, PERIOD, second(i), report(200, { primary: figures }));

async function events(after_ = 0) {
  const { json } = await admin.get(`/v1/events?after=${after_}&limit=1000`);
  return json.items;
}

const heard = (county, type, after_) => subscriber.event({ county, type, item: ITEM, after: after_ },
  { deadline: 20000 });

// Nothing doubled, no number left out, and each alert fires before it is resolved.
async function checkOrder() {
  const all = await events();
  assert.deepEqual(all.map((e) => e.seq), all.map((_, i) => i + 1));
  const open = new Map();
  for (const e of all) {
    const key = `${e.county} ${e.item}`;
    if (e.type === 'alert.firing') {
      assert.ok(!open.has(key), `${key} fired twice`);
      open.set(key, e.alert);
    } else {
      assert.equal(open.get(key), e.alert, `${key} ended without having begun`);
      open.delete(key);
    }
  }
  const numbers = new Set(subscriber.events().map((e) => e.seq));
  await waitFor('the bus to have told all', () => {
    for (const e of subscriber.events()) numbers.add(e.seq);
    return numbers.size === all.length;
  });
}

describe('monitors', () => {
  before(async () => {
    await world.start({ monitor: false });
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], ...COUNTIES.map((c) => [c, `县${c}`])]);
    subscriber = world.subscribe();
    await world.startMonitor(world.monitors[0]);
    for (const [i, county] of COUNTIES.entries()) {
      const version = await putCounty(admin, { county, first: 10 * (i + 1) });
      await world.status(county, PERIOD, version);
    }
  });
  after(() => world.stop());

  it('killed during the write and started later: the subscriber still gets the alert', async () => {
    const [write] = await Promise.all([set(0, R2_FAR), world.monitors[0].kill()]);
    await world.startMonitor(world.monitors[0]);
    const event = await heard(COUNTIES[0], 'alert.firing', 0);
    assert.equal(event.version, write);
    await checkOrder();
  });

  it('killed again and again while reports come in', async () => {
    for (let round = 0; round < 4; round++) {
      const figures = round % 2 ? R2_FAR : R2_MET;
      const writes = Promise.all(COUNTIES.map((_, i) => set(i, i % 2 ? figures : round % 2 ? R2_MET : R2_FAR)));
      await world.monitors[0].kill();
      const versions = await writes;
      await world.startMonitor(world.monitors[0]);
      for (const [i, county] of COUNTIES.entries()) await world.status(county, PERIOD, versions[i]);
      await checkOrder();
    }
  });

  it('not there during the write: the sweep of a later one finds it', async () => {
    await world.monitors[0].stop();
    const last = (await events()).at(-1).seq;
    await set(0, R2_MET);
    await set(0, R2_FAR);
    const version = await set(0, R2_MET);
    await world.startMonitor(world.monitors[1]);
    await world.status(COUNTIES[0], PERIOD, version);
    const since = (await events(last)).filter((e) => e.county === COUNTIES[0]);
    assert.ok(since.length <= 1, 'what came and went unseen is no transition');
    await checkOrder();
  });

  it('two at a time: each transition once, in order, none lost', async () => {
    await world.startMonitor(world.monitors[0]);
    await waitFor('both to be heard', () => subscriber.handshakes >= 2);
    for (let round = 0; round < 6; round++) {
      const last = (await events()).at(-1).seq;
      const figures = round % 2 ? R2_MET : R2_FAR;
      const versions = await Promise.all(COUNTIES.map((_, i) => set(i, figures)));
      for (const [i, county] of COUNTIES.entries()) await world.status(county, PERIOD, versions[i]);
      assert.ok((await events(last)).length <= COUNTIES.length);
    }
    await checkOrder();
    const published = subscriber.events().map((e) => e.id);
    assert.equal(new Set(published).size, new Set(subscriber.events().map((e) => e.seq)).size);
  });

  it('two at a time, one killed: the other goes on', async () => {
    const last = (await events()).at(-1).seq;
    const writes = Promise.all(COUNTIES.map((_, i) => set(i, R2_FAR)));
    await world.monitors[1].kill();
    const versions = await writes;
    for (const [i, county] of COUNTIES.entries()) await world.status(county, PERIOD, versions[i]);
    for (const county of COUNTIES) await heard(county, 'alert.firing', last);
    await checkOrder();
  });

  it('a period that no standard judges does not hold up the others', async () => {
    const url = `/v1/reports/2003/${second(0)}`;
    const answer = await admin.put(url, report());
    assert.ok(answer.status === 201 || answer.status === 422, answer.text);
    for (const figures of [R2_MET, R2_FAR, R2_MET]) {
      await world.status(COUNTIES[0], PERIOD, await set(0, figures));
    }
    if (answer.status === 201) assert.equal((await admin.delete(url)).status, 200);
  });
});
