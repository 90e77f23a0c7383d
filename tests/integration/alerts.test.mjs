// SPDX-License-Identifier: Apache-2.0
// From a report to an alert: on the bus, in /v1/alerts, in /v1/events and as a live stream.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EventSource } from 'eventsource';
import { checkMessage } from '../lib/contract.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('alerts');
const ITEM = 'R2.primary.cv';
let admin;
let subscriber;

const set = (figures, { period = PERIOD, code = schoolCode(2) } = {}) =>
  putReport(admin, period, code, report(200, { primary: figures }));

async function allEvents(query = 'after=0') {
  const { status, json } = await admin.get(`/v1/events?${query}`);
  assert.equal(status, 200);
  return json;
}

// A live stream through the npm client; events as they come.
function listen({ lastEventId, path = '/v1/events' } = {}) {
  const got = [];
  const source = new EventSource(`http://127.0.0.1:${world.apis[0].port}${path}`, {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers,
      Authorization: `Bearer ${admin.key}`, ...(lastEventId && { 'Last-Event-ID': lastEventId }) } }) });
  const opened = new Promise((resolve) => (source.onopen = resolve));
  for (const type of ['alert.firing', 'alert.resolved', 'alert.withdrawn', 'alert.commented']) {
    source.addEventListener(type, (e) => got.push({ id: e.lastEventId, type, event: JSON.parse(e.data) }));
  }
  world.closers.push(() => source.close());
  return { got, opened, close: () => source.close() };
}

describe('alerts', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    subscriber = world.subscribe();
    await subscriber.connected();
    await putCounty(admin);
  });
  after(() => world.stop());

  it('fires when an item is no longer met, at once and once', async () => {
    const version = await set(R2_FAR);
    const event = await subscriber.event({ type: 'alert.firing', item: ITEM });
    checkMessage('alert.v1', event);
    assert.equal(event.county, COUNTY);
    assert.equal(event.period, PERIOD);
    assert.equal(event.rule, 'threshold');
    assert.equal(event.severity, 'critical');
    assert.equal(event.limit, 0.5);
    assert.ok(Math.abs(event.value - 9 / 11) < 1e-12, event.value);
    assert.equal(event.version, version);
    assert.ok(event.summary.length > 0);
    const [{ topic }] = subscriber.got;
    assert.equal(topic, `alert.${COUNTY}.${ITEM}`);
    await world.status(COUNTY, PERIOD, version);
    assert.equal(subscriber.events().length, 1, 'R2 alone');
  });

  it('says nothing while it stays so', async () => {
    const version = await set({ teachers_backbone: 30 });
    await world.status(COUNTY, PERIOD, version);
    assert.equal((await allEvents()).items.length, 1);
  });

  it('is listed, with its life', async () => {
    const { json } = await admin.get('/v1/alerts');
    assert.equal(json.items.length, 1);
    const [alert] = json.items;
    assert.deepEqual([alert.county, alert.item, alert.rule, alert.state], [COUNTY, ITEM, 'threshold', 'firing']);
    const one = await admin.get(`/v1/alerts/${alert.id}`);
    assert.equal(one.status, 200);
    assert.equal(one.json.item, ITEM);
    for (const [query, n] of [['state=firing', 1], ['state=resolved', 0], [`county=${COUNTY}`, 1],
      ['county=340208', 0], ['severity=critical', 1], ['severity=info', 0], ['county=34', 1]]) {
      assert.equal((await admin.get(`/v1/alerts?${query}`)).json.items.length, n, query);
    }
  });

  it('resolves when it is met again', async () => {
    const version = await set(R2_MET);
    const event = await subscriber.event({ type: 'alert.resolved', item: ITEM });
    checkMessage('alert.v1', event);
    assert.equal(event.version, version);
    assert.equal((await admin.get('/v1/alerts?state=resolved')).json.items.length, 1);
    assert.equal((await admin.get('/v1/alerts?state=firing')).json.items.length, 0);
  });

  it('fires anew as another alert, and is withdrawn when the report is deleted', async () => {
    await set(R2_FAR);
    const fired = await waitFor('the second alert', () =>
      subscriber.events((e) => e.type === 'alert.firing')[1]);
    const first = subscriber.events()[0];
    assert.notEqual(fired.alert, first.alert);
    await admin.delete(`/v1/reports/${PERIOD}/${schoolCode(2)}`);
    const event = await subscriber.event({ type: 'alert.withdrawn', item: ITEM });
    checkMessage('alert.v1', event);
    assert.equal(event.alert, fired.alert);
    assert.equal((await admin.get(`/v1/alerts/${event.alert}`)).json.state, 'withdrawn');
    await set(R2_MET);
  });

  it('a correction of a former period does not fire once a later one knows the item', async () => {
    await putCounty(admin, { period: '2024' });
    const before_ = (await allEvents()).items.length;
    const version = await set(R2_FAR, { period: '2024' });
    const status = await world.status(COUNTY, '2024', version);
    assert.equal(status.verdict, 'not_met');
    assert.equal((await allEvents()).items.length, before_);
  });

  it('an alert of a former period is resolved by a later one', async () => {
    await admin.put('/v1/regions/340208', { name: '三山区' });
    await putCounty(admin, { county: '340208', period: '2024', first: 50 });
    const opts = (period) => ({ period, code: schoolCode(51) });
    await set(R2_FAR, opts('2024'));
    const fired = await subscriber.event({ type: 'alert.firing', county: '340208', item: ITEM });
    assert.equal(fired.period, '2024');
    await putCounty(admin, { county: '340208', period: '2025', first: 50 });
    const resolved = await subscriber.event({ type: 'alert.resolved', county: '340208', item: ITEM });
    assert.deepEqual([resolved.alert, resolved.period], [fired.alert, '2025']);
  });

  it('numbers events in order and without gaps, on the bus and over HTTP alike', async () => {
    const { items, next } = await allEvents();
    assert.deepEqual(items.map((e) => e.seq), items.map((_, i) => i + 1));
    await waitFor('the bus to have told all', () => subscriber.got.length >= items.length);
    assert.deepEqual(subscriber.events(), items);
    assert.equal(new Set(items.map((e) => e.id)).size, items.length);
    assert.ok(next === null || Number(next) === items.at(-1).seq);
    const page = await allEvents('after=1&limit=2');
    assert.deepEqual(page.items, items.slice(1, 3));
    assert.deepEqual((await allEvents(`after=0&county=${COUNTY}`)).items,
      items.filter((e) => e.county === COUNTY));
    assert.deepEqual((await allEvents(`after=${items.length}`)).items, []);
  });

  it('streams live, and resumes after the last event that was seen', async () => {
    const live = listen();
    await live.opened;
    const known = (await allEvents()).items;
    const version = await set(R2_FAR);
    const [first] = await waitFor('a live event', () => live.got.length && live.got);
    assert.equal(first.type, 'alert.firing');
    assert.equal(first.id, String(first.event.seq));
    assert.equal(first.event.seq, known.length + 1, 'new events only');
    assert.equal(first.event.version, version);
    checkMessage('alert.v1', first.event);
    live.close();
    await set(R2_MET);
    await subscriber.event({ type: 'alert.resolved', after: first.event.seq });
    const resumed = listen({ lastEventId: String(known.length) });
    await waitFor('what was missed', () => resumed.got.length >= 2);
    assert.deepEqual(resumed.got.map((g) => g.event.seq), [known.length + 1, known.length + 2]);
    await set(R2_FAR);
    await waitFor('what comes then', () => resumed.got.length >= 3);
    const all = listen({ path: '/v1/events?after=0' });
    await waitFor('all from the start', () => all.got.length >= known.length + 3);
    assert.deepEqual(all.got.map((g) => g.event), (await allEvents()).items);
  });

  it('who goes on after an event that there never was is told so', async () => {
    const last = (await allEvents('after=0&limit=1000')).items.at(-1).seq;
    const at = async (query, headers) => {
      const { status, json } = await admin.get(`/v1/events?${query}`, { headers });
      return [status, json?.detail];
    };
    assert.deepEqual((await at(`after=${last}`))[0], 200);
    const stream = { Accept: 'text/event-stream' };
    for (const [query, headers] of [[`after=${last + 1}`], [`cursor=${last + 1}`], [`after=${last + 1}`, stream], ['', { ...stream, 'Last-Event-ID': String(last + 1) }]]) {
      const [status, detail] = await at(query, headers);
      assert.equal(status, 400, query);
      assert.match(detail, new RegExp(`beyond the last number, ${last}$`));
    }
  });

  it('subscribers choose by topic', async () => {
    const other = world.subscribe({ topic: 'alert.340208.' });
    const mine = world.subscribe({ topic: `alert.${COUNTY}.${ITEM}` });
    await Promise.all([other.connected(), mine.connected()]);
    await set(R2_MET);
    await mine.event({ type: 'alert.resolved', item: ITEM });
    assert.equal(other.got.length, 0);
  });

  it('streams what people do, though no monitor tells of it', async () => {
    await world.monitors[0].kill();
    const { alert, seq } = (await allEvents('after=0&limit=1000')).items.at(-1);
    const live = listen({ lastEventId: String(seq) });
    await live.opened;
    const { json } = await admin.request('POST', `/v1/alerts/${alert}/actions`, { body: { action: 'comment', comment: '其一' } });
    await waitFor('the event', () => live.got.some((g) => g.event.seq === json.event.seq));
    live.close();
    await world.startMonitor();
  });

  it('asks nobody to wait: the API answers while no one listens to its hints', async () => {
    await world.monitors[0].kill();
    const version = await set({ teachers_backbone: 39 });
    assert.ok(version > 0);
    await world.startMonitor();
    await world.status(COUNTY, PERIOD, version);
  });
});
