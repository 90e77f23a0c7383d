// SPDX-License-Identifier: Apache-2.0
// Who may do what: every operation of the contract is closed unless it is meant to be open,
// and a key sees and writes only what its role and region allow.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { operations } from '../lib/contract.mjs';
import { PERIOD, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('api_access', { monitors: 1 });
const HERE = '340207';
const THERE = '341023';
const OWN = schoolCode(1);
const OTHER = schoolCode(2);
const FOREIGN = schoolCode(3);
const OPEN = /^\/(healthz|readyz|openapi\.json|intake(\/.*)?)$|^\/v1\/public\//;

// A request that would be right if the key were.
function fill(operation, county, code) {
  const values = { code: /schools\/\{/.test(operation.template) ? code : county, county, school: code,
    period: PERIOD, id: '1', file: 'intake.mjs' };
  const path = operation.template.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '1');
  const bodies = { regions: { name: '某区' }, schools: school(county), reports: report() };
  const wants = ['PUT', 'PATCH', 'POST'].includes(operation.method);
  return { path, body: wants ? bodies[path.split('/')[2]] ?? {} : undefined };
}

async function call(client, operation, county = HERE, code = OWN) {
  const { path, body } = fill(operation, county, code);
  return client.request(operation.method, path, { body });
}

describe('access', () => {
  before(async () => {
    await world.start();
    const admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [HERE, '鸠江区'], ['3410', '黄山市'],
      [THERE, '黟县']]);
    for (const [code, county] of [[OWN, HERE], [OTHER, HERE], [FOREIGN, THERE]]) {
      await putSchool(admin, code, school(county));
      await putReport(admin, PERIOD, code, report());
    }
  });
  after(() => world.stop());

  it('without a key: 401 everywhere, but where it is open', async () => {
    const nobody = world.client();
    for (const operation of operations) {
      const { status, headers, json } = await call(nobody, operation);
      if (OPEN.test(operation.template)) {
        assert.equal(status, /\{id\}/.test(operation.template) ? 404 : 200, operation.id); // nothing is published
        assert.ok(operation.open, `${operation.id} is not marked as open in the contract`);
        continue;
      }
      assert.equal(status, 401, operation.id);
      assert.match(headers['www-authenticate'] ?? '', /^Bearer/);
      assert.equal(json.type, '/problems/unauthorized');
      assert.ok(!operation.open, `${operation.id} is marked as open in the contract`);
    }
  });

  it('with something that is no key: 401', async () => {
    const good = await world.key('admin');
    const url = '/v1/alerts';
    const attempts = ['x', `${good}x`, good.slice(0, -1), good.toUpperCase(), 'jh_' + 'A'.repeat(43),
      `jh_${'A'.repeat(5000)}`, "' OR 1=1 --"];
    for (const key of attempts) assert.equal((await world.client(key).get(url)).status, 401, key);
    for (const Authorization of ['Bearer', 'Bearer ', `Basic ${good}`, good, `Bearer ${good} x`]) {
      assert.equal((await world.client().get(url, { headers: { Authorization } })).status, 401, Authorization);
    }
    assert.equal((await world.client().get(`${url}?key=${good}`)).status, 401);
    const lower = await world.client().get(url, { headers: { Authorization: `bearer ${good}` } });
    assert.equal(lower.status, 200, 'the scheme is not case-sensitive');
  });

  it('with the key of another region: 403, and no word on what is there', async () => {
    for (const role of ['reporter', 'supervisor', 'admin']) {
      const stranger = await world.as(role, THERE);
      for (const operation of operations.filter((o) => /\{(county|code|school)\}/.test(o.template))) {
        const there = await call(stranger, operation, HERE, OWN);
        assert.equal(there.status, 403, `${role} ${operation.id}: ${there.text}`);
      }
      const missing = await stranger.get('/v1/counties/340299/status');
      assert.equal(missing.status, 403, 'as if it existed');
    }
  });

  it('does not tell schools of other regions from schools that are not there', async () => {
    const stranger = await world.as('reporter', THERE);
    const existing = await stranger.get(`/v1/schools/${OWN}`);
    assert.ok([403, 404].includes(existing.status));
    assert.ok(!existing.text.includes('某某小学'));
  });

  const writers = { reporter: 403, supervisor: 403, admin: 201 };
  for (const [role, wanted] of Object.entries(writers)) {
    it(`${role}: regions are ${wanted === 403 ? 'refused' : 'written'}`, async () => {
      const client = await world.as(role, '3402');
      const answer = await client.put('/v1/regions/340222', { name: '繁昌区' });
      assert.equal(answer.status, wanted, answer.text);
    });
  }

  it('reporter: writes and reads schools and reports of its region, no metrics', async () => {
    const client = await world.as('reporter', HERE);
    await putSchool(client, schoolCode(8), school(HERE));
    await putReport(client, PERIOD, schoolCode(8), report());
    for (const path of [`/v1/schools/${OWN}`, `/v1/reports/${PERIOD}/${OWN}`, '/v1/alerts', '/v1/events',
      `/v1/counties/${HERE}/status`, `/v1/counties/${HERE}/schools`]) {
      assert.equal((await client.get(path)).status, 200, path);
    }
    assert.equal((await client.get('/metrics')).status, 403);
    assert.equal((await (await world.as('supervisor', HERE)).get('/metrics')).status, 200);
  });

  it('supervisor: may also what a reporter may', async () => {
    const client = await world.as('supervisor', HERE);
    assert.equal((await client.put(`/v1/reports/${PERIOD}/${OWN}`, report(300))).status, 200);
  });

  it('a school may not be moved out of the key’s region, nor pulled into it', async () => {
    const here = await world.as('reporter', HERE);
    assert.equal((await here.put(`/v1/schools/${OWN}`, school(THERE))).status, 403);
    assert.equal((await here.put(`/v1/schools/${FOREIGN}`, school(HERE))).status, 403);
    assert.equal((await here.put(`/v1/reports/${PERIOD}/${FOREIGN}`, report())).status, 403);
    const rows = await world.sql(`SELECT county FROM school WHERE code = '${FOREIGN}'`);
    assert.deepEqual(rows, [[THERE]]);
  });

  it('a province’s and a city’s key reach their counties', async () => {
    for (const region of ['34', '3402']) {
      const client = await world.as('reporter', region);
      assert.equal((await client.get(`/v1/reports/${PERIOD}/${OWN}`)).status, 200);
    }
    const city = await world.as('reporter', '3402');
    assert.equal((await city.get(`/v1/reports/${PERIOD}/${FOREIGN}`)).status, 403);
  });

  it('a school’s own key: its report and itself, nothing else', async () => {
    const client = await world.as('reporter', OWN);
    const url = `/v1/reports/${PERIOD}/${OWN}`;
    assert.equal((await client.put(url, report(400))).status, 200);
    assert.equal((await client.patch(url, { site: { public_funds: 5 } })).status, 200);
    assert.equal((await client.get(url)).status, 200);
    assert.equal((await client.get(`/v1/schools/${OWN}`)).status, 200);
    for (const [method, path, body] of [
      ['PUT', `/v1/schools/${OWN}`, school(HERE)], ['DELETE', `/v1/schools/${OWN}`],
      ['PUT', `/v1/reports/${PERIOD}/${OTHER}`, report()], ['GET', `/v1/reports/${PERIOD}/${OTHER}`],
      ['GET', `/v1/schools/${OTHER}`], ['GET', `/v1/counties/${HERE}/status`],
      ['GET', `/v1/counties/${HERE}/schools`], ['GET', `/v1/regions/${HERE}`],
      ['PUT', `/v1/regions/${HERE}`, { name: 'x' }]]) {
      assert.equal((await client.request(method, path, { body })).status, 403, `${method} ${path}`);
    }
    assert.equal((await client.delete(url)).status, 200);
  });

  it('lists show the key’s region only', async () => {
    const admin = await world.as('admin');
    const far = report(200, { primary: { teachers_backbone: 40 } });
    await putSchool(admin, schoolCode(31), school(THERE));
    await putReport(admin, PERIOD, FOREIGN, report());
    const version = await putReport(admin, PERIOD, schoolCode(31), far);
    await world.status(THERE, PERIOD, version);
    const theirs = (await (await world.as('reporter', THERE)).get('/v1/alerts')).json.items;
    assert.ok(theirs.some((a) => a.county === THERE && a.item === 'R2.primary.cv'));
    for (const path of ['/v1/alerts', '/v1/events?after=0', `/v1/alerts?county=${HERE}`]) {
      const { json } = await (await world.as('reporter', HERE)).get(path);
      assert.ok(json.items.every((i) => i.county === HERE), path);
    }
    const asked = await (await world.as('reporter', HERE)).get(`/v1/alerts?county=${THERE}`);
    assert.ok(asked.status === 403 || asked.json.items.length === 0);
    const alert = theirs.find((a) => a.county === THERE);
    const foreign = await (await world.as('reporter', HERE)).get(`/v1/alerts/${alert.id}`);
    assert.ok([403, 404].includes(foreign.status));
  });

  it('a key that has expired or is revoked is no key, at once', async () => {
    const { token } = await world.newKey('reporter', HERE, '--expires', '2020-01-01');
    assert.equal((await world.client(token).get('/v1/alerts')).status, 401);
    const later = await world.newKey('reporter', HERE, '--expires', '2099-01-01');
    assert.equal((await world.client(later.token).get('/v1/alerts')).status, 200);
    const [[id]] = await world.sql('SELECT max(id) FROM api_key');
    assert.equal((await world.ctl(['key', 'revoke', id])).status, 0);
    assert.equal((await world.client(later.token).get('/v1/alerts')).status, 401);
  });

  it('logs no key', async () => {
    const token = await world.key('admin');
    for (const service of [...world.apis, ...world.monitors]) {
      assert.ok(!service.lines.some((line) => line.includes(token)));
    }
  });
});
