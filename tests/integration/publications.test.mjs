// SPDX-License-Identifier: Apache-2.0
// What a region publishes stays as it was published, is open to anyone, and tells of itself what
// was corrected since; what was not published is nobody's to see.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { R2_FAR, countyItems, putCounty, putCountyReport, putRegions, putReport, report, schoolCode }
  from '../lib/fixtures.mjs';
import { hold, waiting } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { World } from '../lib/world.mjs';

const REGIONS = [['34', '安徽省'], ['3402', '芜湖市'], ['340207', '鸠江区'], ['340202', '镜湖区'],
  ['341002', '屯溪区'], ['35', '福建省'], ['350102', '鼓楼区']];

const world = new World('publications');
let admin;
let open;

const publish = (client, more = {}, options = {}) =>
  client.post('/v1/publications', { region: '34', period: '2025', ...more }, options);

// Every county of the province has figures of what was accepted.
const settled = () => waitFor('all counties computed', async () =>
  Number((await world.sql(`SELECT count(*) FROM county_period p LEFT JOIN county_result r USING (county, period)
    WHERE p.version > coalesce(r.computed_version, 0) OR r.stale`))[0][0]) === 0);

const published = async (id) => {
  const answer = await open.get(`/v1/public/publications/${id}`);
  assert.equal(answer.status, 200, answer.text);
  return answer;
};

const countyOf = (bulletin, code) => bulletin.counties.find((c) => c.county === code);

describe('publications', () => {
  let first;
  let firstText;

  before(async () => {
    await world.start();
    admin = await world.as('admin');
    open = world.client();
    await putRegions(admin, REGIONS);
    await putCounty(admin, { county: '340207', first: 1 });
    await putCounty(admin, { county: '340202', first: 11 });
    await settled();
  });
  after(() => world.stop());

  it('the first: what its counties say themselves', async () => {
    const answer = await publish(admin, { title: '监测公报', note: '虚构数据' });
    assert.equal(answer.status, 201, answer.text);
    first = answer.json;
    assert.deepEqual([first.number, first.label, first.region, first.name, first.period, first.title,
      first.note, first.corrects, first.corrections],
    [1, '第1号', '34', '安徽省', '2025', '监测公报', '虚构数据', null, 0]);
    const { json, text } = await published(first.id);
    firstText = text;
    assert.deepEqual(json.counts, { total: 3, met: 2, not_met: 0, incomplete: 0, not_computed: 0, no_reports: 1 });
    assert.deepEqual(json.prefectures.map((p) => [p.code, p.name, p.counts.met, p.counts.total]),
      [['3402', '芜湖市', 2, 2], ['3410', null, 0, 1]]);
    assert.deepEqual(json.standards, [{ id: 'national-2017', version: 1, counties: 2 }]);
    assert.deepEqual(json.counties.map((c) => [c.county, c.name, c.verdict, c.behind]),
      [['340202', '镜湖区', 'met', false], ['340207', '鸠江区', 'met', false], ['341002', '屯溪区', 'no_reports', false]]);
    const own = await world.status('340207', '2025', 1);
    const told = countyOf(json, '340207');
    for (const name of ['standard', 'standard_version', 'version', 'computed_at', 'failing', 'missing']) {
      assert.deepEqual(told[name], own[name], name);
    }
    assert.equal(told.missing_schools, own.missing_schools.length);
    for (const [name, stage] of Object.entries(own.resources)) {
      const { indicators, ...figures } = told.resources[name];
      const { indicators: wanted, ...rest } = stage;
      assert.deepEqual(figures, rest, name);
      for (const [code, i] of Object.entries(wanted)) {
        assert.deepEqual(indicators[code], { mean: i.display.mean ?? null, cv: i.display.cv ?? null,
          cv_limit: i.cv_limit, cv_status: i.cv_status }, `${code} of ${name}`);
      }
    }
    for (const [name, { schools: _s, schools_more: _m, ...item }] of Object.entries(own.items)) {
      assert.deepEqual(told.items[name], item, name);
    }
    assert.deepEqual(Object.keys(told.items), Object.keys(own.items));
    assert.deepEqual([json.corrects, json.corrections], [null, []]);
    assert.deepEqual(countyOf(json, '341002').resources, {});
  });

  it('is open, the same bytes for ever, and cached for ever', async () => {
    const answer = await published(first.id);
    assert.equal(answer.text, firstText);
    assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable');
    const again = await open.get(`/v1/public/publications/${first.id}`,
      { headers: { 'If-None-Match': answer.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal((await open.get('/v1/public/publications/9999')).status, 404);
    assert.equal((await open.get('/v1/public/publications/x')).status, 400);
    assert.equal((await open.get('/v1/public/publications')).json.items.length, 1);
    assert.equal((await open.get(`/v1/publications/${first.id}`)).status, 401);
    assert.equal((await publish(open)).status, 401);
  });

  it('what is corrected is pending, for keys of the region only, and changes no bulletin', async () => {
    const version = await putReport(admin, '2025', schoolCode(1), report(200, { primary: R2_FAR }));
    await world.status('340207', '2025', version);
    await settled();
    assert.equal((await published(first.id)).text, firstText);
    const openly = await open.get(`/v1/public/publications/${first.id}/corrections`);
    assert.deepEqual([openly.json.latest, openly.json.corrected, openly.json.pending],
      [{ id: first.id, number: 1 }, [], undefined]);
    const reporter = await world.as('reporter', '34');
    const { json } = await reporter.get(`/v1/publications/${first.id}`);
    assert.deepEqual(json.corrected, []);
    assert.equal(json.pending.length, 1);
    const [{ county, name, verdict, items }] = json.pending;
    assert.deepEqual([county, name, verdict], ['340207', '鸠江区', { from: 'met', to: 'not_met' }]);
    assert.deepEqual(items, [{ item: 'R2.primary.cv', from: 'met', to: 'not_met' }]);
    for (const region of ['35', '3402', '340207']) {
      assert.equal((await (await world.as('reporter', region)).get(`/v1/publications/${first.id}`)).status, 403);
    }
  });

  it('the next says what it corrects, and the first what was corrected since, and by which', async () => {
    const second = (await publish(admin)).json;
    assert.deepEqual([second.number, second.corrects, second.corrections, second.title],
      [2, { id: first.id, number: 1 }, 1, null]);
    const { json } = await published(second.id);
    assert.equal(countyOf(json, '340207').verdict, 'not_met');
    assert.deepEqual(json.corrections.map((c) => [c.county, c.verdict, c.number]),
      [['340207', { from: 'met', to: 'not_met' }, 2]]);
    // another county's figures change, but nobody's status; then one of before is as it was again
    await putReport(admin, '2025', schoolCode(11), report(300));
    await settled();
    const third = (await publish(admin)).json;
    assert.deepEqual((await published(third.id)).json.corrections.map((c) => [c.county, c.verdict, c.items, c.number]),
      [['340202', { from: 'met', to: 'met' }, [], 3]]);
    const since = (await open.get(`/v1/public/publications/${first.id}/corrections`)).json;
    assert.deepEqual(since.latest, { id: third.id, number: 3 });
    assert.deepEqual(since.corrected.map((c) => [c.county, c.number]), [['340202', 3], ['340207', 2]]);
    await putReport(admin, '2025', schoolCode(1), report(200));
    await settled();
    const fourth = (await publish(admin)).json;
    assert.equal(fourth.corrections, 1);
    const then = (await open.get(`/v1/public/publications/${first.id}/corrections`)).json;
    assert.deepEqual(then.corrected.map((c) => [c.county, c.number]), [['340202', 3]]);
    assert.deepEqual((await admin.get(`/v1/publications/${fourth.id}`)).json.pending, []);
    assert.equal((await published(first.id)).text, firstText);
  });

  it('names no school', async () => {
    const teacher = { teachers_certified: 1 }; // G12 lists the school
    await putReport(admin, '2025', schoolCode(2), report(200, { primary: teacher }));
    await settled();
    const own = (await admin.get('/v1/counties/340207/status?period=2025')).json;
    assert.deepEqual(own.items.G12.schools, [schoolCode(2)]);
    const { id } = (await publish(admin)).json;
    const { text, json } = await published(id);
    assert.equal(countyOf(json, '340207').items.G12.status, 'not_met');
    assert.ok(!/\b2134\d{6}\b/.test(text), 'a school\'s code');
    assert.ok(!/"schools"/.test(text));
  });

  it('a change that changes nothing that is told is no correction', async () => {
    const before = (await publish(admin)).json;
    await putCountyReport(admin, { county: '340207', items: countyItems({ G1: { confirmed: true, evidence: '另一份文件' } }) });
    await settled();
    const next = (await publish(admin)).json;
    assert.deepEqual([next.number, next.corrections], [before.number + 1, 0]);
  });

  it('is a page for people, too: open, the same bytes for ever, without addresses', async () => {
    const { id, number } = (await publish(admin, { title: '公报 <script>&"', note: '<b>说明</b>' })).json;
    const page = await open.get(`/v1/public/publications/${id}/bulletin.html`);
    assert.equal(page.status, 200);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(page.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(page.headers['content-security-policy'], /default-src 'none'/);
    assert.ok(page.text.includes('<h1>公报 &lt;script&gt;&amp;&quot;</h1>'));
    assert.ok(page.text.includes('&lt;b&gt;说明&lt;/b&gt;'));
    assert.ok(page.text.includes(`第${number}号 · 2025 学年`));
    assert.match(page.text, /<td class="c">340207<\/td><td>鸠江区<\/td><td class="s not_met">未达标<\/td><td>G12<\/td>/);
    assert.ok(page.text.includes(`对第${number - 1}号的更正`));
    assert.ok(!/<script|href|src=|\b2134\d{6}\b/.test(page.text));
    const again = await open.get(`/v1/public/publications/${id}/bulletin.html`,
      { headers: { 'If-None-Match': page.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal((await open.get('/v1/public/publications/9999/bulletin.html')).status, 404);
  });

  it('numbers have no gaps, however many publish at once, nor after what failed', async () => {
    const last = (await publish(admin)).json.number;
    const release = await hold(world.url, 'LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE');
    const all = [publish(admin), publish(admin), publish(admin, { period: '2001' })];
    await waiting(world.url, 3);
    await release();
    const answers = await Promise.all(all);
    assert.deepEqual(answers.map((a) => a.status), [201, 201, 422]);
    const numbers = answers.slice(0, 2).map((a) => a.json.number).sort((a, b) => a - b);
    assert.deepEqual(numbers, [last + 1, last + 2]);
    assert.equal((await publish(admin)).json.number, last + 3);
  });

  it('each region counts its own, a prefecture too', async () => {
    const { status, json } = await publish(await world.as('admin', '3402'), { region: '3402' });
    assert.deepEqual([status, json.number, json.name], [201, 1, '芜湖市']);
    const { json: bulletin } = await published(json.id);
    assert.deepEqual(bulletin.counties.map((c) => c.county), ['340202', '340207']);
    assert.deepEqual(bulletin.prefectures, []);
  });

  it('is for admins of the region', async () => {
    assert.equal((await publish(await world.as('supervisor', '34'))).status, 403);
    assert.equal((await publish(await world.as('admin', '35'))).status, 403);
    assert.equal((await publish(await world.as('admin', '3402'))).status, 403);
    assert.equal((await publish(await world.as('admin', '34'))).status, 201);
  });

  it('refuses what it cannot publish, naming it', async () => {
    const refused = async (more, ...wanted) => {
      const { status, json } = await publish(admin, more);
      assert.equal(status, 422, JSON.stringify(more));
      assert.deepEqual(json.errors.map((e) => [e.pointer, e.code]), wanted);
    };
    await refused({ period: '2001' }, ['/period', 'no_data']);
    await refused({ region: '35' }, ['/period', 'no_data']);
    await refused({ region: '36' }, ['/region', 'unknown_region']);
    await refused({ region: '340207' }, ['/region', 'bad_format']);
    await refused({ region: 34, period: '25' }, ['/region', 'wrong_type'], ['/period', 'bad_format']);
    await refused({ title: '', note: 'x'.repeat(1001), more: 1 }, ['/title', 'empty'], ['/note', 'too_long'], ['/more', 'unknown_field']);
    await refused({ region: undefined, allow_behind: 1 }, ['/allow_behind', 'wrong_type'], ['/region', 'required']);
  });

  it('waits for counties that are behind, unless they may be marked', async () => {
    await world.monitors[0].stop();
    const version = await putReport(admin, '2025', schoolCode(11), report(400));
    const refused = await publish(admin);
    assert.equal(refused.status, 409);
    assert.match(refused.json.detail, /1 counties are behind/);
    assert.match(refused.json.detail, /340202/);
    const { status, json } = await publish(admin, { allow_behind: true });
    assert.equal(status, 201);
    const told = (await published(json.id)).json;
    assert.deepEqual(told.counties.filter((c) => c.behind).map((c) => c.county), ['340202']);
    assert.ok(countyOf(told, '340202').version < version, 'figures of before');
    await world.startMonitor();
    await world.status('340202', '2025', version);
    await settled();
    assert.equal((await publish(admin)).json.corrections, 1);
  });

  it('are listed, the latest first, of a region and below, of a period, in pages', async () => {
    const list = async (query = '') => (await open.get(`/v1/public/publications?${query}`)).json;
    const all = (await list()).items;
    assert.deepEqual(all.map((p) => p.id), all.map((p) => p.id).sort((a, b) => b - a));
    assert.deepEqual((await list('region=3402')).items.map((p) => p.region), ['3402']);
    assert.equal((await list('region=34&period=2025')).items.length, all.length);
    assert.deepEqual((await list('region=35')).items, []);
    assert.deepEqual((await list('period=2024')).items, []);
    const seen = [];
    for (let cursor = ''; cursor !== null;) {
      const page = await list(`limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items);
      cursor = page.next;
    }
    assert.deepEqual(seen, all);
    for (const bad of ['region=340207', 'region=x', 'limit=0', 'cursor=x', 'county=34']) {
      assert.equal((await open.get(`/v1/public/publications?${bad}`)).status, 400, bad);
    }
  });
});
