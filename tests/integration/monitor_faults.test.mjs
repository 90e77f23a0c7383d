// SPDX-License-Identifier: Apache-2.0
// Monitors die and come back, or are several: no transition is lost, none is recorded twice.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hold, waiting } from '../lib/database.mjs';
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

// While the monitor waits for the turn of the last county, those before it are changed: they wait together.
async function together(counties, figures) {
  const at = COUNTIES.length - 1;
  const release = await hold(world.url, `SELECT pg_advisory_xact_lock(x'4a48'::integer, ${COUNTIES[at]})`);
  await set(at, figures);
  await waiting(world.url);
  const versions = [];
  for (const i of counties) versions.push(await set(i, figures));
  await release();
  return versions;
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

  it('several that wait together are computed in one transaction, and told in order', async () => {
    const four = [0, 1, 2, 3];
    const last = (await events()).at(-1).seq;
    const heardBefore = subscriber.events().length;
    const versions = await together(four, R2_MET);
    for (const i of four) await world.status(COUNTIES[i], PERIOD, versions[i]);
    for (const i of four) await heard(COUNTIES[i], 'alert.resolved', last);
    await checkOrder();
    const [[transactions, told]] = await world.sql(`SELECT count(DISTINCT xmin::text), count(DISTINCT county)
      FROM event WHERE seq > ${last} AND county < '${COUNTIES[4]}'`);
    assert.equal(told, '4');
    assert.ok(Number(transactions) < 4, `${transactions} transactions`);
    const seqs = subscriber.events().slice(heardBefore).map((e) => e.seq);
    assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
  });

  it('one of them that cannot be computed does not hold up the others', async () => {
    const [bad, ...good] = [2, 0, 1, 3];
    world.monitors[0].expected.push(/recompute failed/);
    const last = (await events()).at(-1).seq;
    await world.sql(`ALTER TABLE county_result ADD CONSTRAINT fails CHECK (county <> '${COUNTIES[bad]}' OR verdict IS NULL) NOT VALID`);
    const [version, ...versions] = await together([bad, ...good], R2_FAR);
    for (const [nth, i] of good.entries()) await world.status(COUNTIES[i], PERIOD, versions[nth]);
    for (const i of good) await heard(COUNTIES[i], 'alert.firing', last);
    assert.ok(!(await events(last)).some((e) => e.county === COUNTIES[bad]));
    await world.sql('ALTER TABLE county_result DROP CONSTRAINT fails');
    await world.status(COUNTIES[bad], PERIOD, version);
    await heard(COUNTIES[bad], 'alert.firing', last);
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
