// SPDX-License-Identifier: Apache-2.0
// The list of changes as a platform reads it that mirrors us: while many write, while connections
// are killed, by region, from the beginning; in the end the mirrors are what is stored.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { Cluster, migrate } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { countyItems, putRegions, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const REGIONS = [['34', '安徽省'], ['3401', '合肥市'], ['340104', '蜀山区'], ['340111', '包河区'],
  ['35', '福建省'], ['3501', '福州市'], ['350102', '鼓楼区']];
const COUNTIES = ['340104', '340111', '350102'];
const PERIODS = ['2024', '2025'];
const SCHOOLS = 12;
const world = new World('changes', { apis: 2, monitors: 0 });
let clients; // admin, one an API

// The same numbers each run.
let seed = 20260301;
function random(n) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >>> 8) % n;
}

// Repeats what was cut off: 503 is what a killed connection may answer.
async function surely(action) {
  let answer;
  await waitFor('an answer', async () => {
    answer = await action();
    return answer.status !== 503;
  }, { deadline: 60000, every: 5 });
  return answer;
}

// Follows the list from the beginning: keeps the changes, and what they lead to.
class Mirror {
  constructor(client, { query = '', limit = 7 } = {}) {
    Object.assign(this, { client, query, limit, last: 0, items: [], things: new Map() });
  }

  // One page; whether there is more.
  async page() {
    const { status, json, text } = await surely(() =>
      this.client.get(`/v1/changes?after=${this.last}&limit=${this.limit}${this.query}`));
    assert.equal(status, 200, text);
    assert.ok(json.items.length <= this.limit);
    for (const item of json.items) {
      assert.ok(item.seq > (this.items.at(-1)?.seq ?? 0) && item.seq > this.last && item.seq <= json.last);
      this.items.push(item);
      await this.take(item);
    }
    assert.ok(json.last >= this.last);
    assert.ok(json.next === null || json.next === String(json.last));
    this.last = json.last;
    return json.next !== null;
  }

  async take({ path, action }) {
    if (action === 'delete') {
      this.things.delete(path);
      return;
    }
    const { status, json, text } = await surely(() => this.client.get(path));
    // gone already, or to where this key does not reach: a later change says so
    assert.ok([200, 403, 404].includes(status), text);
    if (status === 200) this.things.set(path, json);
  }

  async toTheEnd() {
    while (await this.page());
  }
}

// What is stored below a region, by path, as the API tells it.
async function stored(client, region) {
  const rows = await world.sql(`
    SELECT '/v1/regions/' || code FROM region WHERE NOT removed AND starts_with(code, '${region}')
    UNION ALL SELECT '/v1/schools/' || code FROM school WHERE starts_with(county, '${region}')
    UNION ALL SELECT '/v1/reports/' || period || '/' || school FROM report WHERE starts_with(county, '${region}')
    UNION ALL SELECT '/v1/county-reports/' || period || '/' || county FROM county_report WHERE starts_with(county, '${region}')
    UNION ALL SELECT '/v1/plans/' || county FROM county_plan WHERE starts_with(county, '${region}')
    UNION ALL SELECT '/v1/standards/' || id FROM standard
      WHERE NOT removed AND (starts_with(region, '${region}') OR starts_with('${region}', region))
    UNION ALL SELECT '/v1/calendars/' || year || '?region=' || region FROM calendar
      WHERE starts_with(region, '${region}') OR starts_with('${region}', region)
    UNION ALL SELECT '/v1/rules/' || id || '?region=' || region FROM rule
      WHERE starts_with(region, '${region}') OR starts_with('${region}', region)`);
  const things = new Map();
  for (const [path] of rows) {
    const { status, json } = await client.get(path);
    assert.equal(status, 200, path);
    things.set(path, json);
  }
  return things;
}

// What is derived beside a plan moves with the county's figures: of the plan itself is what was given. So it is
// of what a province's calendar makes over the country's.
const mirrored = ({ derivation: _, ...thing }) => {
  if (thing.milestones) return { ...thing, milestones: thing.milestones.filter((m) => !m.derived) };
  return thing.documents ? thing.documents.find((d) => d.region === thing.region) : thing;
};
const byPath = (things) => Object.fromEntries([...things].map(([path, thing]) => [path, mirrored(thing)])
  .sort(([a], [b]) => (a < b ? -1 : 1)));

async function same(mirror, region) {
  assert.deepEqual(byPath(mirror.things), byPath(await stored(mirror.client, region)), `mirror of '${region}'`);
}

const acknowledged = []; // [what a change must say]: answered writes that changed something

async function write(client, method, path, body, says) {
  const { status, json, text } = await surely(() => client.request(method, path, { body }));
  assert.ok([200, 201, 204, 404, 409, 412, 422].includes(status), `${method} ${path}: ${text}`);
  if (method === 'PUT' && json?.changed === true) acknowledged.push({ path, ...says, action: 'put', version: json.version });
  return status;
}

// Reports of many schools at once; of those that there are.
async function bring(client, period) {
  const rows = Array.from({ length: SCHOOLS }, (_, i) => ({ type: 'report', period, school: schoolCode(1 + i), ...report(100 + random(500)) }));
  const { status, json, text } = await surely(() => client.request('POST', '/v1/imports?mode=partial',
    { body: rows.map((row) => JSON.stringify(row)).join('\n'), type: 'application/x-ndjson' }));
  assert.ok([200, 202].includes(status), text);
  // what goes on behind its answer would write when the mirrors are thought to be at the end
  return waitFor(`the end of import ${json.id}`, async () => {
    const { json: job } = await surely(() => client.get(`/v1/imports/${json.id}`));
    return !['queued', 'running'].includes(job.state);
  }, { deadline: 120000 });
}

// One write of any kind.
function anyWrite(client) {
  const n = random(100);
  const code = schoolCode(1 + random(SCHOOLS));
  const period = PERIODS[random(2)];
  const county = COUNTIES[random(3)];
  if (n < 5) return bring(client, period);
  if (n < 55) return write(client, 'PUT', `/v1/reports/${period}/${code}`, report(100 + random(500)), { type: 'report' });
  if (n < 63) return write(client, 'DELETE', `/v1/reports/${period}/${code}`);
  if (n < 73) return write(client, 'PUT', `/v1/schools/${code}`, school(county, { name: `第${random(50)}小学` }), { type: 'school' });
  if (n < 76) return write(client, 'DELETE', `/v1/schools/${code}`);
  if (n < 84) {
    return write(client, 'PUT', `/v1/county-reports/${period}/${county}`, { items: countyItems({ G7: { value: 100 + random(50) } }) },
      { type: 'county_report' });
  }
  if (n < 87) return write(client, 'DELETE', `/v1/county-reports/${period}/${county}`);
  if (n < 91) return write(client, 'PUT', `/v1/plans/${county}`, { safeguards: [`措施${random(50)}`] }, { type: 'plan' });
  if (n < 92) return write(client, 'DELETE', `/v1/plans/${county}`);
  if (n < 94) return write(client, 'PUT', `/v1/regions/3501${20 + random(3)}`, { name: `县${random(9)}` }, { type: 'region' });
  if (n < 96) return write(client, 'DELETE', `/v1/regions/3501${20 + random(3)}`);
  if (n < 97) {
    const of = ['', '34', '35', '3501'][random(4)];
    const place = `/v1/rules/near?region=${of}`;
    if (random(3) === 0) return write(client, 'DELETE', place);
    return write(client, 'PUT', '/v1/rules/near', { region: of, kind: 'near', margin: random(10) / 100 }, { type: 'rule', path: place });
  }
  if (n < 98) {
    const province = ['34', '35'][random(2)];
    const place = `/v1/calendars/2026?region=${province}`;
    if (random(3) === 0) return write(client, 'DELETE', place);
    return write(client, 'PUT', '/v1/calendars/2026', { region: province, source: `made up ${random(50)}` }, { type: 'calendar', path: place });
  }
  const region = ['34', '35', '3401'][random(3)];
  return write(client, 'PUT', `/v1/standards/made-up`, { base: 'national-2017', region, title: `试验${random(5)}`,
    source: 'made up', valid_from: '2020' }, { type: 'standard' });
}

// While action runs, connections of the services are killed, again and again.
async function whileKilling(action) {
  let going = true;
  let kills = 0;
  const killer = (async () => {
    while (going) {
      const [[n]] = await world.sql(`SELECT count(pg_terminate_backend(pid)) FROM (
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'junheng%'
          AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2) x`);
      kills += Number(n);
    }
  })();
  try {
    await action();
  } finally {
    going = false;
    await killer;
  }
  return kills;
}

// Writers and mirrors at the same time; the mirrors are read to the end afterwards.
async function busy(writes, mirrors) {
  let left = writes;
  let writing = true;
  const writer = async (client) => {
    while (left-- > 0) await anyWrite(client);
  };
  const writers = Promise.all(Array.from({ length: 8 }, (_, i) => writer(clients[i % 2])))
    .finally(() => (writing = false));
  await Promise.all([writers, ...mirrors.map(async (mirror) => {
    while (writing) await mirror.page();
  })]);
  for (const mirror of mirrors) await mirror.toTheEnd();
}

describe('changes', () => {
  const mirrors = {};
  before(async () => {
    await world.start({ monitor: false });
    const key = await world.key('admin');
    clients = world.apis.map((api) => world.client(key, api));
    for (const api of world.apis) api.expected.push(/db-unavailable/, /"busy"/, /database/);
    await putRegions(clients[0], REGIONS);
    mirrors.all = new Mirror(clients[0]);
    mirrors.other = new Mirror(clients[1], { limit: 1000 });
    mirrors.province = new Mirror(world.client(await world.key('reporter', '34'), world.apis[1]));
    mirrors.county = new Mirror(await world.as('reporter', '340104'));
    mirrors.asked = new Mirror(clients[1], { query: '&county=350102' });
  });
  after(() => world.stop());

  it('begins with what migrating has brought', async () => {
    await mirrors.all.toTheEnd();
    const [first] = mirrors.all.items;
    assert.deepEqual({ ...first, at: '' }, { seq: 1, at: '', type: 'rule', action: 'put', region: '', id: 'forecast',
      version: 1, path: '/v1/rules/forecast?region=' });
    assert.deepEqual(mirrors.all.items.slice(0, 9).map((i) => [i.type, i.id]), ['forecast', 'jump', 'near', 'overdue', 'plan', 'stale', 'threshold', 'veto', 'late']
      .map((id) => ['rule', id]));
    assert.deepEqual({ ...mirrors.all.items[9], at: '' }, { seq: 10, at: '', type: 'standard', action: 'put', region: '', id: 'national-2017',
      version: 1, path: '/v1/standards/national-2017' });
    assert.deepEqual(mirrors.all.items.slice(10, 13).map((i) => [i.type, i.year, i.path]), ['2024', '2025', '2026'].map((year) =>
      ['calendar', year, `/v1/calendars/${year}?region=`]));
    assert.deepEqual(mirrors.all.items.slice(13).map((i) => i.code), REGIONS.map(([code]) => code));
  });

  it('is followed while many write', async () => {
    await busy(600, Object.values(mirrors));
  });

  it('is followed while connections are killed', async () => {
    const kills = await whileKilling(() => busy(400, Object.values(mirrors)));
    assert.ok(kills > 10, `${kills} connections were killed`);
  });

  it('has no gap, and everything that was answered', async () => {
    const { items } = mirrors.all;
    assert.deepEqual(items.map((i) => i.seq), items.map((_, i) => i + 1));
    assert.deepEqual(mirrors.other.items, items);
    assert.deepEqual(await world.sql('SELECT count(*) FROM change_queue'), [['0']]);
    const told = new Set(items.map((i) => [i.type, i.action, i.path, i.version].join(' ')));
    assert.ok(acknowledged.length > 300, `${acknowledged.length}`);
    for (const w of acknowledged) {
      const text = [w.type, w.action, w.path, w.version].join(' ');
      assert.ok(told.has(text), text);
    }
    for (const type of ['region', 'standard', 'school', 'report', 'county_report', 'plan', 'calendar', 'rule']) {
      for (const action of type === 'standard' ? ['put'] : ['put', 'delete']) {
        assert.ok(items.some((i) => i.type === type && i.action === action), `${type} ${action}`);
      }
    }
  });

  it('has the versions of a county and period in their order', () => {
    const seen = new Map();
    for (const item of mirrors.all.items.filter((i) => i.period)) {
      const key = `${item.region} ${item.period}`;
      const last = seen.get(key);
      // those of an import are one version's, each school once
      assert.ok(!last || item.version > last.version || (item.version === last.version && item.school > last.school),
        JSON.stringify(item));
      seen.set(key, item);
    }
    assert.equal(seen.size, COUNTIES.length * PERIODS.length);
  });

  it('tells a key of its region, and of the standards, calendars and rules that hold there', () => {
    const below = (prefix) => mirrors.all.items.filter((i) => i.region.startsWith(prefix) ||
      (['standard', 'calendar', 'rule'].includes(i.type) && prefix.startsWith(i.region)));
    assert.deepEqual(mirrors.province.items, below('34'));
    assert.deepEqual(mirrors.county.items, below('340104'));
    assert.deepEqual(mirrors.asked.items, below('350102'));
    assert.ok(mirrors.county.items.length > 50);
  });

  it('makes mirrors that are what is stored', async () => {
    await same(mirrors.all, '');
    await same(mirrors.other, '');
    await same(mirrors.province, '34');
    await same(mirrors.county, '340104');
    await same(mirrors.asked, '350102');
  });

  it('tells a standard that is removed, or goes to another region', async () => {
    const [admin] = clients;
    const mirror = mirrors.province;
    const put = async (region) => assert.ok((await admin.put('/v1/standards/made-up', { base: 'national-2017', region,
      title: '试验', source: 'made up', valid_from: '2019' })).status < 300);
    const told = async () => {
      const n = mirror.items.length;
      await mirror.toTheEnd();
      return mirror.items.slice(n).map((i) => [i.action, i.region, i.id]);
    };
    await put('35');
    await told();
    await put('34');
    assert.deepEqual(await told(), [['put', '34', 'made-up']]);
    await put('35');
    assert.deepEqual(await told(), [['delete', '34', 'made-up']]);
    assert.ok((await admin.delete('/v1/standards/made-up')).status < 300);
    assert.deepEqual(await told(), []);
    await mirrors.all.toTheEnd();
    assert.deepEqual(mirrors.all.items.slice(-5).map((i) => [i.action, i.region]),
      [['delete', '35'], ['put', '34'], ['delete', '34'], ['put', '35'], ['delete', '35']].slice(-5));
    await same(mirrors.all, '');
  });

  it('does not skip a change that commits late', async () => {
    const mirror = new Mirror(clients[0], { limit: 1000 });
    await mirror.toTheEnd();
    const psql = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', world.url], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = new Promise((resolve) => psql.on('close', resolve));
    psql.stdin.write(`BEGIN; INSERT INTO change_queue (at, type, removed, region, code, version)
      VALUES (now(), 'region', true, '340999', '340999', 1);\n`);
    await waitFor('the transaction', async () => (await world.sql(`SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE '%340999%'`))[0][0] === '1');
    await write(clients[1], 'PUT', '/v1/regions/350150', { name: '早县' }, { type: 'region' });
    await mirror.toTheEnd();
    const early = mirror.items.at(-1);
    assert.equal(early.code, '350150');
    psql.stdin.end('COMMIT;\n');
    assert.equal(await ended, 0);
    await mirror.toTheEnd();
    assert.deepEqual([mirror.items.at(-1).code, mirror.items.at(-1).seq], ['340999', early.seq + 1]);
    await mirrors.all.toTheEnd();
  });

  it('tells an import report by report, also of those that were corrected, removed or moved since', async () => {
    const [admin] = clients;
    const period = '2023';
    const codes = [31, 32, 33, 34, 35].map((n) => schoolCode(n));
    for (const code of codes) await admin.put(`/v1/schools/${code}`, school('340104'));
    const mirror = new Mirror(admin, { limit: 2 });
    await mirror.toTheEnd();
    const from = mirror.items.length;
    const body = codes.map((code) => JSON.stringify({ type: 'report', period, school: code, ...report(200) })).join('\n');
    const { json } = await admin.request('POST', '/v1/imports', { body, type: 'application/x-ndjson' });
    assert.equal(json.created, 5, JSON.stringify(json));
    assert.deepEqual(await world.sql(`SELECT type, code, reports FROM change_queue`), [['report', '', '5']]);
    assert.equal((await admin.put(`/v1/reports/${period}/${codes[1]}`, report(300))).status, 200);
    assert.ok((await admin.delete(`/v1/reports/${period}/${codes[2]}`)).status < 300);
    assert.equal((await admin.put(`/v1/schools/${codes[3]}`, school('340111'))).status, 200);
    await mirror.toTheEnd();
    const told = mirror.items.slice(from).filter((i) => i.type === 'report');
    assert.deepEqual(told.slice(0, 5).map((i) => [i.school, i.action, i.region, i.version]),
      codes.map((code) => [code, 'put', '340104', 1]));
    assert.deepEqual(told.slice(5).map((i) => [i.school, i.action, i.region]),
      [[codes[1], 'put', '340104'], [codes[2], 'delete', '340104'], [codes[3], 'delete', '340104'], [codes[3], 'put', '340111']]);
    assert.deepEqual(await world.sql('SELECT count(*) FROM change_queue'), [['0']]);
    await same(mirror, '');
    for (const code of codes) {
      await admin.delete(`/v1/reports/${period}/${code}`);
      assert.ok((await admin.delete(`/v1/schools/${code}`)).status < 300);
    }
    for (const m of Object.values(mirrors)) await m.toTheEnd();
  });

  it('gives two readers the same numbers', async () => {
    await world.sql(`INSERT INTO change_queue (at, type, removed, region, code, version)
      SELECT now(), 'region', true, '349999', '349999', i FROM generate_series(1, 3000) i`);
    const both = clients.map((client) => new Mirror(client, { limit: 1000 }));
    await Promise.all(both.map((m) => m.toTheEnd()));
    assert.deepEqual(both[0].items, both[1].items);
    assert.deepEqual(both[0].items.map((i) => i.seq), both[0].items.map((_, i) => i + 1));
  });

  it('takes a bounded step whatever there is', async () => {
    await mirrors.county.toTheEnd();
    const n = mirrors.county.items.length;
    await world.sql(`INSERT INTO change_queue (at, type, removed, region, code, version)
      SELECT now(), 'region', true, '110101', '110101', i FROM generate_series(1, 110000) i`);
    await world.sql(`INSERT INTO change_queue (at, type, removed, region, code, version)
      VALUES (now(), 'region', true, '340104', '340104', 1)`);
    const from = mirrors.county.last;
    let pages = 1;
    while (await mirrors.county.page()) {
      pages++;
      assert.equal(mirrors.county.items.length, n);
    }
    assert.equal(mirrors.county.items.length, n + 1);
    assert.equal(mirrors.county.last, from + 110001);
    assert.ok(pages > 3, `${pages} pages`);
    await mirrors.county.toTheEnd();
  });

  it('refuses what cannot be meant', async () => {
    const [admin] = clients;
    for (const query of ['after=-1', 'after=x', 'after=1&cursor=1', 'limit=0', 'limit=1001', 'county=3', 'region=34',
      'after=999999999', 'after=9223372036854775807', 'cursor=MTAw']) {
      const { status, json } = await admin.get(`/v1/changes?${query}`);
      assert.deepEqual([status, json.type], [400, '/problems/invalid-parameter'], query);
    }
    assert.match((await admin.get('/v1/changes?after=999999999')).json.detail, /beyond the last number/);
    const county = await world.as('reporter', '340104');
    assert.equal((await county.get('/v1/changes?county=340111')).status, 403);
    assert.equal((await (await world.as('reporter', schoolCode(1))).get('/v1/changes')).status, 403);
    assert.equal((await world.client().get('/v1/changes')).status, 401);
  });

  it('links its pages and knows its tag', async () => {
    const [admin] = clients;
    const page = await admin.get('/v1/changes?limit=2&county=34');
    assert.match(page.headers.link, /^<\/v1\/changes\?limit=2&county=34&after=\d+>; rel="next"$/);
    const [, next] = page.headers.link.match(/<(.*)>/);
    assert.ok((await admin.get(next)).json.items[0].seq > page.json.items[1].seq);
    const again = await admin.get('/v1/changes?limit=2&county=34', { headers: { 'If-None-Match': page.headers.etag } });
    assert.equal(again.status, 304);
  });

  it('begins with what was there when it is introduced', async () => {
    await world.sql('DELETE FROM county_plan; DELETE FROM calendar'); // they came later
    for (const api of world.apis) await api.stop();
    await world.sql(`DROP TABLE change, change_queue, change_counter; DELETE FROM schema_migration WHERE name LIKE 'change%' OR name = 'rule_change'`);
    await migrate(world.url);
    for (const api of world.apis) await world.startApi(api);
    const key = await world.key('admin');
    const mirror = new Mirror(world.client(key), { limit: 50 });
    await mirror.toTheEnd();
    assert.deepEqual(mirror.items.map((i) => i.seq), mirror.items.map((_, i) => i + 1));
    await same(mirror, '');
    const nth = ({ type }) => ['region', 'standard', 'school'].indexOf(type);
    const ranks = mirror.items.map((i) => (nth(i) < 0 ? 3 : nth(i)));
    assert.deepEqual(ranks, [...ranks].sort());
    await write(world.client(key), 'PUT', '/v1/regions/350151', { name: '新县' }, { type: 'region' });
    await mirror.toTheEnd();
    assert.equal(mirror.items.at(-1).code, '350151');
  });
});

describe('changes of a database that crashes', () => {
  const cluster = new Cluster('changes');
  let crashing;
  before(async () => {
    await cluster.start();
    await migrate(cluster.url);
    crashing = new World('changes_crash', { url: cluster.url, monitors: 0 });
    await crashing.start({ monitor: false });
    crashing.apis[0].expected.push(/db-unavailable/, /"busy"/, /database/);
  });
  after(async () => {
    try {
      await crashing.stop();
    } finally {
      await cluster.destroy();
    }
  });

  it('keep the numbers that were told, and lose nothing that was answered', async () => {
    const admin = await crashing.as('admin');
    const mirror = new Mirror(admin, { limit: 1000 });
    const answered = [];
    await putRegions(admin, [['34', '安徽省'], ['3401', '合肥市']]);
    for (let round = 1; round <= 3; round++) {
      let going = true;
      const writers = Promise.all([1, 2, 3, 4].map(async (n) => {
        for (let i = 0; going; i++) {
          const path = `/v1/regions/3401${n}${round}`;
          const { json, status } = await surely(() => admin.put(path, { name: `县${i}` }));
          if (status < 300 && json.changed) answered.push(`${path} ${json.version}`);
        }
      }));
      const reader = (async () => {
        while (going) await mirror.page();
      })();
      const n = mirror.items.length;
      await waitFor('changes to be read', () => mirror.items.length > n + 100);
      await cluster.crash();
      await cluster.start();
      await crashing.ready();
      await waitFor('an answer after the crash', async () => (await admin.put('/v1/regions/340199', { name: `县${round}` })).status < 300);
      going = false;
      await Promise.all([writers, reader]);
    }
    await mirror.toTheEnd();
    const again = new Mirror(admin, { limit: 1000 });
    await again.toTheEnd();
    assert.deepEqual(mirror.items, again.items);
    assert.deepEqual(mirror.items.map((i) => i.seq), mirror.items.map((_, i) => i + 1));
    const told = new Set(mirror.items.map((i) => `${i.path} ${i.version}`));
    assert.ok(answered.length > 100);
    for (const one of answered) assert.ok(told.has(one), one);
    assert.deepEqual(byPath(mirror.things), byPath(again.things));
  });
});
