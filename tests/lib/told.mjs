// SPDX-License-Identifier: Apache-2.0
// What alerts of a rule have told: read from the event log in its order, each event once, and held against what trying
// the rule on what has been says that it would have raised.
import assert from 'node:assert/strict';
import { checkMessage } from './contract.mjs';
import { waitFor } from './env.mjs';
import { COUNTY, putRegions } from './fixtures.mjs';

export class Told {
  #client;
  seen = {}; // by rule: how many events next() has given

  // A world of one county begins, with who may do everything, and who sets the rules of its province.
  async begin(world) {
    await world.start();
    const admin = await world.as('admin');
    this.use(admin);
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区']]);
    return [admin, await world.as('admin', '34')];
  }

  // A client that may read all events.
  use(client) {
    this.#client = client;
    return this;
  }

  // All events of the log, of one rule.
  async events(rule) {
    const { status, json, text } = await this.#client.get('/v1/events?after=0&limit=1000');
    assert.equal(status, 200, text);
    return json.items.filter((e) => e.rule === rule);
  }

  // The next event of a rule behind those that were seen.
  async next(rule) {
    const n = this.seen[rule] ?? 0;
    const event = await waitFor(`event ${n + 1} of ${rule}`, async () => (await this.events(rule))[n]);
    this.seen[rule] = n + 1;
    checkMessage('alert.v1', event);
    assert.match(event.summary, / \/ /);
    return event;
  }

  // Those that were told are passed over.
  async skip(...rules) {
    for (const rule of rules) this.seen[rule] = (await this.events(rule)).length;
  }

  // The answer of a trial raises what the rule has: the same values and ends, in the same order.
  async sameAs(answer, rule) {
    const told = await this.events(rule);
    const firings = told.filter((e) => e.type === 'alert.firing');
    assert.deepEqual(answer.items.map((a) => [a.item, a.value, a.limit]), firings.map((e) => [e.item, e.value, e.limit]));
    const ends = told.filter((e) => ['alert.resolved', 'alert.withdrawn'].includes(e.type) && e.reason !== 'passed');
    assert.deepEqual(answer.items.map((a) => a.end).filter(Boolean), ends.map((e) => e.type.slice('alert.'.length)));
    assert.deepEqual([answer.fired, answer.open], [firings.length, firings.length - ends.length]);
    return answer.items;
  }
}
