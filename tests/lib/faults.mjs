// SPDX-License-Identifier: Apache-2.0
// What must hold whatever was killed: the log of events is whole, everybody was told all of it, and the counties are as if
// nothing had happened. The parts of tests/soak and of the short tests of the same.
import assert from 'node:assert/strict';
import { EventSource } from 'eventsource';
import { pause, waitFor } from './env.mjs';
import { PERIOD } from './fixtures.mjs';

const ENDS = { 'alert.resolved': 'resolved', 'alert.withdrawn': 'withdrawn' };
const OPEN = ['pending', 'firing', 'acknowledged'];
const BEGINS = { 'alert.pending': 'pending', 'alert.firing': 'firing', 'alert.acknowledged': 'acknowledged', 'alert.released': 'firing' };

// A reader of the live stream that goes on where it was, whatever ended it.
export class StreamReader {
  constructor(client, types = ['firing', 'pending', 'changed', 'reminded', 'resolved', 'withdrawn', 'escalated']) {
    this.numbers = [];
    this.connections = 0;
    this.open = true;
    this.loop = this.#read(client, types);
  }

  async #read(client, types) {
    while (this.open) {
      this.connections += 1;
      await this.#connection(client, types);
      if (this.open) await pause(50);
    }
  }

  // Until it ends, for whatever reason.
  #connection(client, types) {
    return new Promise((resolve) => {
      const headers = { Authorization: `Bearer ${client.key}`, 'Last-Event-ID': String(this.numbers.at(-1) ?? 0) };
      this.source = new EventSource(`http://127.0.0.1:${client.port}/v1/events`,
        { fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }) });
      for (const type of types) this.source.addEventListener(`alert.${type}`, (e) => this.numbers.push(Number(e.lastEventId)));
      this.end = () => {
        this.source.close();
        resolve();
      };
      this.source.onerror = this.end;
    });
  }

  close() {
    this.open = false;
    this.end();
    return this.loop;
  }
}

export async function allEvents(client) {
  const all = [];
  for (;;) {
    const { status, json, text } = await client.get(`/v1/events?after=${all.at(-1)?.seq ?? 0}&limit=1000`, { check: false });
    assert.equal(status, 200, text);
    if (!json.items.length) return all;
    all.push(...json.items);
  }
}

// The log tells each alert's life in its order, and what it leaves open. { key: { alert, state, severity } }
export function replay(events) {
  const alerts = new Map();
  const open = new Map();
  for (const [i, e] of events.entries()) {
    assert.equal(e.seq, i + 1, 'numbers go on without a gap or a double');
    const key = `${e.county} ${e.item} ${e.rule}`;
    const known = alerts.get(e.alert);
    if (ENDS[e.type]) {
      assert.equal(open.get(key)?.alert, e.alert, `${e.seq}: ${key} ended without having begun`);
      open.delete(key);
      alerts.set(e.alert, { key, state: ENDS[e.type] });
    } else if (!known) {
      assert.ok(BEGINS[e.type] && !open.has(key), `${e.seq}: ${key} began with ${e.type} while ${JSON.stringify(open.get(key))}`);
      open.set(key, { alert: e.alert, state: BEGINS[e.type], severity: e.severity });
      alerts.set(e.alert, { key, state: BEGINS[e.type] });
    } else {
      assert.ok(OPEN.includes(known.state), `${e.seq}: ${e.type} of ${key}, which is ${known.state}`);
      assert.notEqual(BEGINS[e.type], known.state, `${e.seq}: ${e.type} of ${key} twice`);
      const state = BEGINS[e.type] ?? known.state;
      open.set(key, { alert: e.alert, state, severity: e.severity });
      alerts.set(e.alert, { key, state });
    }
  }
  return open;
}

// Versions of a county only grow in the log: each event rests on a computation behind the one before.
function checkVersions(events) {
  const seen = new Map();
  for (const e of events) {
    const key = `${e.county} ${e.period}`;
    assert.ok(e.version >= (seen.get(key) ?? 0), `${e.seq}: ${key} went back from version ${seen.get(key)} to ${e.version}`);
    seen.set(key, e.version);
  }
}

// Once all is quiet: the log, and that each reader has it all. bus: a subscriber that saw all from the beginning.
export async function checkLog(world, client, { stream, bus }) {
  await waitFor('the outbox to be empty', async () => (await world.sql('SELECT count(*) FROM event_outbox'))[0][0] === '0',
    { deadline: 60000 });
  const events = await allEvents(client);
  checkVersions(events);
  const open = replay(events);
  const rows = await world.sql(`SELECT county || ' ' || item || ' ' || rule, id, state, severity FROM alert
    WHERE state IN ('pending', 'firing', 'acknowledged') ORDER BY 1`);
  assert.deepEqual([...open].map(([key, a]) => [key, String(a.alert), a.state, a.severity]).sort(), rows.sort(), 'the log leaves open what is open');
  const numbers = events.map((e) => e.seq);
  await waitFor('the stream to have told all', () => stream.numbers.length >= numbers.length);
  assert.deepEqual(stream.numbers, numbers, 'the stream told each event once, in order');
  const untold = () => {
    const told = new Set(bus.got.map((g) => g.event.seq));
    return numbers.filter((seq) => !told.has(seq));
  };
  await waitFor('the bus to have told all', () => untold().length === 0)
    .catch((e) => assert.fail(`${e.message}: ${untold().slice(0, 20)} of ${numbers.length} were not told`));
  for (const { event } of bus.got) assert.equal(event.id, events[event.seq - 1].id, 'told twice, it is the same event');
  return events;
}

// What does not hang on when a county was looked at: versions, figures and verdicts; open alerts; open entries of the ledger.
// What does, is left out: an alert that came and went between two looks, its number, when it was raised and at which version.
export async function finalState(client, counties) {
  const state = {};
  for (const county of counties) {
    const status = (await client.get(`/v1/counties/${county}/status?period=${PERIOD}`)).json;
    const alerts = (await client.get(`/v1/alerts?county=${county}&limit=1000`)).json.items.filter((a) => OPEN.includes(a.state));
    const ledger = (await client.get(`/v1/ledger?county=${county}&state=open&limit=1000`)).json.items;
    state[county] = { status: { ...status, computed_at: null },
      alerts: alerts.map(({ item, rule, state: s, severity, value, limit, period }) => ({ item, rule, state: s, severity, value, limit, period })).sort(byItem),
      ledger: ledger.map(({ item, state: s, value, limit, period, shortfall }) => ({ item, state: s, value, limit, period, shortfall })).sort(byItem) };
  }
  return state;
}

const byItem = (a, b) => `${a.item} ${a.rule}`.localeCompare(`${b.item} ${b.rule}`);
