// SPDX-License-Identifier: Apache-2.0
// Clients that report for many counties at once: figures go across limits and back, are corrected, are taken away. What is
// not answered is sent again, as a client of the platform does, until it is. What was accepted is remembered in its order,
// so that the same can be given to another world.
import assert from 'node:assert/strict';
import { SLOW, pause, waitFor } from './env.mjs';
import { PERIOD, countyItems, putRegions, putSchool, report, school, schoolCode } from './fixtures.mjs';
import { random } from './random.mjs';

const AGAIN_MS = 50;
const PATIENCE_MS = 120000 * SLOW;
const SCHOOLS = 3;

export const countiesOf = (n) => Array.from({ length: n }, (_, i) =>
  `34${10 + (i % 5)}${String(1 + Math.floor(i / 5)).padStart(2, '0')}`);

const codeOf = (nth, i) => schoolCode(1 + nth * 10 + i);

// What a county may say next. Each is a figure that some item hangs on; the steps of one county depend on its own numbers
// alone, whatever the others do.
const STEPS = [
  [4, (r, nth) => put(nth, 1, { primary: { teachers_backbone: r.one([2, 4, 6, 30, 40, 60]) } })],
  [2, (r, nth) => put(nth, 2, { primary: { teachers_pe_art: r.one([2, 4, 20]), teachers_above_degree: r.one([9, 16, 17, 60]) } })],
  [1, (r, nth) => put(nth, 0, { site: { art_rooms: r.one([[90], [96], [89.5], []]) } })],
  [1, (r, nth) => put(nth, r.n(SCHOOLS), { primary: { largest_class: r.one([45, 46, 60]) } })],
  [2, (r) => own({ G7: { value: r.one([7999.99, 8000, 8123.5, 6500]) }, V1: veto(r.chance(0.1)) })],
  [1, (r) => own({ G11: { eligible: 100, moved: r.one([9, 10, 12]), backbone_moved: r.one([1, 2, 3]) } })],
  [1, (r, nth) => ({ method: 'DELETE', school: codeOf(nth, r.n(SCHOOLS)) })],
];
const WEIGHTS = STEPS.flatMap(([weight, step]) => Array(weight).fill(step));

const put = (nth, i, more) => ({ method: 'PUT', school: codeOf(nth, i), body: report(200, more) });
const veto = (confirmed) => (confirmed ? { confirmed, evidence: '通报' } : { confirmed });
const own = (items) => ({ method: 'PUT', body: { items: countyItems(items) } });

function urlOf(county, step) {
  return step.school ? `/v1/reports/${PERIOD}/${step.school}` : `/v1/county-reports/${PERIOD}/${county}`;
}

// Regions and schools; their reports are part of what is remembered.
export async function prepareCounties(client, counties) {
  const cities = [...new Set(counties.map((c) => c.slice(0, 4)))].map((c) => [c, `市${c}`]);
  await putRegions(client, [['34', '安徽省'], ...cities, ...counties.map((c) => [c, `县${c}`])]);
  await Promise.all(counties.map(async (county, nth) => {
    for (let i = 0; i < SCHOOLS; i++) await putSchool(client, codeOf(nth, i), school(county, { name: `第${i}小学` }));
  }));
}

export class Load {
  // writers: so many requests are under way at a time; each rests for so long after an answer.
  constructor(client, { counties, seed, writers = 8, rest = 20 }) {
    assert.ok(writers <= counties.length, 'of a county there is one writer at a time');
    Object.assign(this, { client, counties, writers, rest, going: true });
    this.accepted = new Map(counties.map((c) => [c, []]));
    this.versions = new Map();
    this.unsure = new Map(); // how many of its last changes may have been taken by tries that were not answered
    this.again = 0; // requests that were not answered, or refused for the time being
    this.free = counties.map((county, nth) => ({ county, nth, random: random(seed + nth) }));
    this.pick = random(seed);
  }

  get writes() {
    return [...this.accepted.values()].reduce((n, list) => n + list.length, 0);
  }

  // Every county complete once, then on and on until stop().
  async start() {
    await Promise.all(this.counties.map(async (county, nth) => {
      for (let i = 0; i < SCHOOLS; i++) await this.#give(county, put(nth, i, {}));
      await this.#give(county, own({}));
    }));
    this.workers = Promise.all(Array.from({ length: this.writers }, () => this.#work()));
    this.workers.catch(() => {}); // stop() tells
  }

  stop() {
    this.going = false;
    return this.workers;
  }

  async #work() {
    while (this.going) {
      const [one] = this.free.splice(this.pick.n(this.free.length), 1);
      await this.#give(one.county, one.random.one(WEIGHTS)(one.random, one.nth));
      this.free.push(one);
      await pause(this.rest);
    }
  }

  async #give(county, step) {
    const end = Date.now() + PATIENCE_MS;
    for (let tries = 1; ; tries++) {
      const answer = await this.#send(county, step);
      if (answer) {
        // taken away by the try before, whose answer was lost; or there was none
        const gone = step.method === 'DELETE' && answer.status === 404;
        assert.ok(gone || answer.status === 200 || answer.status === 201, `${county}: ${answer.status} ${answer.text}`);
        this.accepted.get(county).push(step);
        // what changed nothing is answered with the version that it has had since
        if (!gone) this.versions.set(county, Math.max(this.versions.get(county) ?? 0, answer.json.version));
        if (!gone) this.unsure.delete(county);
        else if (tries > 1) this.unsure.set(county, (this.unsure.get(county) ?? 0) + 1);
        return;
      }
      this.again += 1;
      if (Date.now() > end) throw new Error(`${county}: no answer to ${tries} requests`);
      await pause(AGAIN_MS);
    }
  }

  async #send(county, { method, body, ...step }) {
    let answer;
    try {
      answer = await this.client.request(method, urlOf(county, step), { body });
    } catch (e) {
      if (e.code === 'ECONNRESET' || e.code === 'ECONNREFUSED' || /socket hang up/.test(e.message)) return null;
      throw e;
    }
    return answer.status === 503 ? null : answer;
  }
}

// The same to another world: each county's in its order.
export async function repeat(client, accepted, { writers = 16 } = {}) {
  const left = [...accepted];
  const worker = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [county, steps] = next;
      for (const step of steps) {
        const { status, text } = await client.request(step.method, urlOf(county, step), { body: step.body });
        const good = step.method === 'DELETE' ? [200, 404] : [200, 201];
        assert.ok(good.includes(status), `${county}: ${status} ${text}`);
      }
    }
  };
  await Promise.all(Array.from({ length: writers }, worker));
}

// The county's plan is one of another year than this: nobody can send such a one.
export async function planOf(world, county, year) {
  await world.sql(`UPDATE county_plan SET first_year = ${year} WHERE county = '${county}'`);
  await world.sql(`UPDATE county_result SET stale = true WHERE county = '${county}'`);
}

export const settled = (world) => waitFor('every county to be computed', async () => {
  const [[behind]] = await world.sql(`SELECT count(*) FROM county_period p LEFT JOIN county_result r
    USING (county, period) WHERE r.computed_version IS DISTINCT FROM p.version OR r.stale`);
  return behind === '0';
}, { deadline: 120000, every: 100 });
