// SPDX-License-Identifier: Apache-2.0
// What was answered is answered again, byte for byte, for the instant at which it was: after
// corrections, removals, new names, moves between counties, and under concurrent writers. And
// how a figure moved is told once, in order.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { migrate } from '../lib/database.mjs';
import { R2_FAR, R2_MET, putCounty, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('asof', { apis: 2, monitors: 2 });
const HERE = '340207';
const THERE = '340208';
const BUSY = ['340301', '340302', '340303'];
const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
let admin;
let supervisor;

const text = (expression) => `to_char((${expression}) AT TIME ZONE 'UTC', ${UTC})`;
const one = async (statement) => (await world.sql(statement))[0]?.[0];
// microseconds, and the clock that counts: a Date has milliseconds
const now = () => one(`SELECT ${text('clock_timestamp()')}`);
const get = (path) => supervisor.get(path);
const asOf = (path, at) => get(`${path}${path.includes('?') ? '&' : '?'}as_of=${encodeURIComponent(at)}`);

const settled = () => waitFor('every county to be computed', async () =>
  (await one(`SELECT count(*) FROM county_period p JOIN county_result r USING (county, period)
    WHERE r.computed_version < p.version OR r.stale`)) === '0', { deadline: 60000 });

// Everything that may be asked of the counties, with what is answered.
async function answers(counties = [HERE, THERE]) {
  const found = new Map();
  for (const county of counties) {
    for (const what of ['status', 'schools']) {
      for (const query of ['', '?period=2024', '?period=2025']) {
        const path = `/v1/counties/${county}/${what}${query}`;
        const { status, text: body, headers } = await get(path);
        found.set(path, { status, body: status === 200 ? body : '', etag: status === 200 ? headers.etag : '' });
      }
    }
  }
  return found;
}

async function same(found, at) {
  for (const [path, wanted] of found) {
    const { status, text: body, headers } = await asOf(path, at);
    assert.equal(status, wanted.status, `${path} as of ${at}: ${body}`);
    if (status !== 200) continue;
    assert.equal(body, wanted.body, `${path} as of ${at}`);
    assert.equal(headers.etag, wanted.etag);
  }
}

// [what happened, the instant, the answers then]
const kept = [];
async function keep(what, { wait = true } = {}) {
  if (wait) await settled();
  const found = await answers();
  kept.push([what, await now(), found]);
}

async function ok(promise) {
  const answer = await promise;
  assert.ok(answer.status < 300, answer.text);
  return answer;
}

// What has to be true of all times, whoever wrote.
async function checkTimes() {
  const wrong = {
    'versions out of order': `SELECT * FROM (SELECT *, lag(version) OVER (PARTITION BY county, period ORDER BY at) AS l
      FROM county_version) v WHERE version <> l + 1`,
    'versions that are not the counter\'s': `SELECT p.county FROM county_period p WHERE version IS DISTINCT FROM (
      SELECT max(version) FROM county_version v WHERE v.county = p.county AND v.period = p.period)`,
    'computations out of order': `SELECT * FROM (SELECT *, lag(version) OVER (PARTITION BY county, period
      ORDER BY computed_at) AS l FROM county_result_log) r WHERE version < l`,
    'computations before what they rest on': `SELECT r.county FROM county_result_log r WHERE version > coalesce((
      SELECT max(version) FROM county_version v WHERE v.county = r.county AND v.period = r.period
        AND v.at <= r.computed_at), 0)`,
    'reports that overlap': `SELECT * FROM (SELECT superseded_at, received_at,
        lag(superseded_at) OVER (PARTITION BY school, period ORDER BY received_at) AS before
      FROM (SELECT school, period, received_at, superseded_at FROM report_history UNION ALL
        SELECT school, period, received_at, 'infinity' FROM report) a) b
      WHERE received_at >= superseded_at OR received_at < before`,
    'schools that overlap': `SELECT * FROM (SELECT superseded_at, changed_at,
        lag(superseded_at) OVER (PARTITION BY code ORDER BY changed_at) AS before
      FROM (SELECT code, changed_at, superseded_at FROM school_history UNION ALL
        SELECT code, changed_at, 'infinity' FROM school) a) b
      WHERE changed_at >= superseded_at OR changed_at < before`,
    'reports at no version\'s time': `SELECT school FROM report r WHERE NOT EXISTS (SELECT FROM county_version v
      WHERE v.county = r.county AND v.period = r.period AND v.version = r.version AND v.at >= r.received_at
        AND (v.at = r.received_at OR v.version = 1))`,
  };
  for (const [what, statement] of Object.entries(wrong)) assert.deepEqual(await world.sql(statement), [], what);
}

describe('as of', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    supervisor = await world.as('supervisor');
    await putRegions(admin, [['34', '安徽省'], [HERE, '鸠江区'], [THERE, '三山区'], ...BUSY.map((c) => [c, `县${c}`])]);
  });
  after(() => world.stop());

  it('keeps what was answered while a county fills and changes in every way', async () => {
    await keep('nothing yet');
    await putSchool(admin, schoolCode(1), school(HERE, { name: '一小' }));
    await keep('a school, no report');
    await putCounty(admin, { county: HERE, period: '2024', n: 3 });
    await keep('a period');
    await putSchool(admin, schoolCode(4), school(HERE));
    await putReport(admin, '2025', schoolCode(1), report(300));
    await keep('a second period, two schools missing');
    for (const i of [2, 3, 4]) await putReport(admin, '2025', schoolCode(i), report(200));
    await keep('complete');
    await putReport(admin, '2025', schoolCode(2), report(200, { primary: R2_FAR }));
    await keep('a correction that fires an alert');
    await ok(admin.patch(`/v1/reports/2024/${schoolCode(2)}`, { site: { teaching_area: 1000.55, music_rooms: [90, 73.25] } }));
    await keep('a correction of the year before');
    await ok(admin.delete(`/v1/reports/2025/${schoolCode(2)}`));
    await keep('a report removed');
    await putReport(admin, '2025', schoolCode(2), report(200, { primary: R2_MET }));
    await keep('… and sent again');
    await putSchool(admin, schoolCode(3), school(HERE, { name: '更名小学', dense_centre: true }));
    await keep('another name');
    await ok(admin.delete(`/v1/reports/2025/${schoolCode(4)}`));
    await putSchool(admin, schoolCode(4), school(HERE, { closed: true }));
    await keep('closed, its report removed');
    await putSchool(admin, schoolCode(3), school(THERE, { name: '更名小学' }));
    await keep('moved to a county that had no period');
    await putReport(admin, '2025', schoolCode(3), report(900));
    await keep('reports there');
    await putSchool(admin, schoolCode(3), school(HERE, { name: '回来小学' }));
    await keep('moved back');
    await putSchool(admin, schoolCode(2), school(HERE, { parent: schoolCode(1) }));
    await keep('a campus');
    for (const period of ['2024', '2025']) await ok(admin.delete(`/v1/reports/${period}/${schoolCode(3)}`));
    await ok(admin.delete(`/v1/schools/${schoolCode(3)}`));
    await keep('a school removed');
    await putSchool(admin, schoolCode(3), school(THERE, { name: '重建小学' }));
    await putReport(admin, '2024', schoolCode(3), report(400));
    await keep('the same code again, elsewhere');
    assert.ok(new Set(kept.map(([, , found]) => found.get(`/v1/counties/${HERE}/schools?period=2025`).body)).size > 8);
    for (const [what, at, found] of kept) {
      await same(found, at).catch((e) => assert.fail(`${what}: ${e.message}`));
    }
    await checkTimes();
  });

  it('answers as it did while a change was accepted and not yet computed', async () => {
    for (const monitor of world.monitors) await monitor.stop();
    await putReport(admin, '2025', schoolCode(1), report(500));
    await keep('accepted', { wait: false });
    const { json } = await get(`/v1/counties/${HERE}/status?period=2025`);
    assert.equal(json.accepted_version, json.version + 1);
    await putReport(admin, '2026', schoolCode(1), report(500));
    await keep('never computed', { wait: false });
    assert.equal((await get(`/v1/counties/${HERE}/status`)).json.version, 0);
    for (const monitor of world.monitors) await world.startMonitor(monitor);
    await keep('computed');
    for (const [what, at, found] of kept.slice(-3)) {
      await same(found, at).catch((e) => assert.fail(`${what}: ${e.message}`));
    }
    await checkTimes();
  });

  it('holds to the microsecond, in either notation of the instant', async () => {
    const path = `/v1/counties/${HERE}/status?period=2025`;
    const [[at, earlier, local, version]] = await world.sql(`SELECT ${text('at')}, ${text(`at - interval '1 us'`)},
      to_char(at AT TIME ZONE 'UTC' + interval '8 hours', 'YYYY-MM-DD"T"HH24:MI:SS.US"+08:00"'), version
      FROM county_version WHERE county = '${HERE}' AND period = '2025' ORDER BY at DESC LIMIT 1`);
    assert.equal((await asOf(path, at)).json.accepted_version, Number(version));
    assert.equal((await asOf(path, earlier)).json.accepted_version, Number(version) - 1);
    assert.equal((await asOf(path, local)).text, (await asOf(path, at)).text);
    assert.equal((await asOf(path, at.replace('Z', '999z'))).text, (await asOf(path, at)).text);
    const [computed] = (await world.sql(`SELECT ${text('max(computed_at)')} FROM county_result_log
      WHERE county = '${HERE}' AND period = '2025'`))[0];
    assert.equal((await asOf(path, computed)).json.computed_at, computed);
  });

  it('pages through the records of then', async () => {
    const [, at, found] = kept.find(([what]) => what === 'another name');
    const whole = JSON.parse(found.get(`/v1/counties/${HERE}/schools?period=2025`).body);
    let path = `/v1/counties/${HERE}/schools?period=2025&as_of=${at}&limit=1`;
    const items = [];
    for (let i = 0; path && i < 10; i++) {
      const { json, headers } = await get(path);
      items.push(...json.items);
      assert.equal(json.version, whole.version);
      path = /^<(.*)>; rel="next"$/.exec(headers.link ?? '')?.[1];
    }
    assert.deepEqual(items, whole.items);
    assert.equal(items.length, 4);
  });

  it('has a day, which ends at midnight UTC', async () => {
    await settled();
    // three days ago happened what happened so far
    const past = "interval '3 days'";
    await world.sql(`UPDATE county_period SET changed_at = changed_at - ${past};
      UPDATE county_version SET at = at - ${past};
      UPDATE report SET received_at = received_at - ${past};
      UPDATE report_history SET received_at = received_at - ${past}, superseded_at = superseded_at - ${past};
      UPDATE county_report SET received_at = received_at - ${past};
      UPDATE standard SET changed_at = changed_at - ${past};
      UPDATE item_result_log SET at = at - ${past};
      UPDATE school SET changed_at = changed_at - ${past};
      UPDATE school_history SET changed_at = changed_at - ${past}, superseded_at = superseded_at - ${past};
      UPDATE county_result SET computed_at = computed_at - ${past};
      UPDATE county_result_log SET computed_at = computed_at - ${past};
      UPDATE stage_result_log SET at = at - ${past};
      UPDATE indicator_result_log SET at = at - ${past}`);
    for (const entry of kept) {
      const [[moved]] = await world.sql(`SELECT ${text(`timestamptz '${entry[1]}' - ${past}`)}`);
      entry[1] = moved;
    }
    const found = await answers();
    await putReport(admin, '2025', schoolCode(1), report(700));
    await putSchool(admin, schoolCode(1), school(HERE, { name: '今天的名字' }));
    await settled();
    assert.notDeepEqual(await answers(), found);
    const day = (n) => one(`SELECT to_char((clock_timestamp() - interval '${n} days') AT TIME ZONE 'UTC', 'YYYY-MM-DD')`);
    await same(found, await day(2));
    await same(found, await day(1));
    await same(found, `${await day(1)}T23:59:59.999999Z`);
    assert.equal((await asOf(`/v1/counties/${HERE}/status`, await day(4))).status, 404);
    // midnight belongs to the day that begins
    const last = `county = '${THERE}' AND period = '2024' ORDER BY at DESC LIMIT 1`;
    const was = await one(`SELECT at FROM county_version WHERE ${last}`);
    const move = (at) => world.sql(`UPDATE county_version v SET at = ${at} FROM (SELECT county, period, at
      FROM county_version WHERE ${last}) l WHERE (v.county, v.period, v.at) = (l.county, l.period, l.at)`);
    await move(`timestamptz '${await day(1)}T00:00:00Z'`);
    const accepted = async (n) => (await asOf(`/v1/counties/${THERE}/status?period=2024`, await day(n))).json.accepted_version;
    assert.equal(await accepted(1), (await accepted(2)) + 1);
    await move(`timestamptz '${was}'`);
  });

  it('refuses what is no instant, or is still to come, and does not find what was not', async () => {
    const refused = async (query, pattern) => {
      for (const what of ['status', 'schools']) {
        const { status, json } = await get(`/v1/counties/${HERE}/${what}?${query}`);
        assert.equal(status, 400, query);
        assert.equal(json.type, '/problems/invalid-parameter');
        assert.match(json.detail, pattern, query);
      }
    };
    for (const bad of ['', 'yesterday', '2026-02-30', '2026-03-01T08:00:00', '2026-03-01T08:00:00+08:00',
      '2026-03-01%2008:00:00Z', '2026-03-01T08:00:60Z', '1772352000', "2026-03-01'"]) {
      await refused(`as_of=${bad}`, /as_of .*2026-03-01.*RFC 3339/);
    }
    await refused('as_of=2026-03-01&as_of=2026-03-01', /as_of/);
    const today = (await now()).slice(0, 10);
    for (const late of [today, '2999-01-01', '2999-01-01T00:00:00Z']) await refused(`as_of=${late}`, /as_of .*future/);
    for (const [path, at] of [[HERE, '2020-01-01'], ['999999', '2020-01-01'], [HERE, '1970-01-01T00:00:00Z']]) {
      for (const what of ['status', 'schools', 'status?period=2025', 'schools?period=2025']) {
        const { status, json } = await asOf(`/v1/counties/${path}/${what}`, at);
        assert.equal(status, 404);
        assert.equal(json.type, '/problems/not-found');
      }
    }
    const elsewhere = await world.as('supervisor', '3403');
    assert.equal((await elsewhere.get(`/v1/counties/${HERE}/status?as_of=2020-01-01`)).status, 403);
    assert.equal((await elsewhere.get(`/v1/counties/${HERE}/history?item=R1.primary.cv`)).status, 403);
  });

  it('never changes its mind: reads under concurrent writers, and the same instants afterwards', async () => {
    const clients = [0, 1].map((i) => world.client(supervisor.key, world.apis[i]));
    const writers = [0, 1].map((i) => world.client(admin.key, world.apis[i]));
    for (const [i, county] of BUSY.entries()) await putCounty(admin, { county, first: 1000 + 10 * i, n: 4 });
    let seed = 20260301;
    const random = (n) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >>> 8) % n;
    };
    let writing = true;
    const accept = (answer, statuses) => assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.text}`);
    const write = async (client) => {
      for (let n = 0; n < 80; n++) {
        const code = schoolCode(1000 + 10 * random(3) + random(4));
        const action = random(10);
        if (action < 6) {
          accept(await client.put(`/v1/reports/2025/${code}`, report(100 + random(900))), [200, 201]);
        } else if (action < 7) {
          accept(await client.put(`/v1/reports/20${21 + random(3)}/${code}`, report(100 + random(900))), [200, 201]);
        } else if (action < 8) {
          accept(await client.delete(`/v1/reports/2025/${code}`), [200, 404]);
        } else {
          const body = school(BUSY[random(3)], { name: `校${n}`, closed: random(4) === 0 });
          accept(await client.put(`/v1/schools/${code}`, body), [200, 503]);
        }
      }
    };
    const seen = []; // [path, as of, body]
    const records = new Map(); // county and version → what was answered without as_of
    const read = async (client) => {
      while (writing) {
        const county = BUSY[random(3)];
        const at = new Date().toISOString(); // just now: what is under way has its time already
        const path = `/v1/counties/${county}/${random(2) ? 'status' : 'schools'}${random(2) ? '?period=2025' : ''}`;
        const then = await client.get(`${path}${path.includes('?') ? '&' : '?'}as_of=${at}`);
        accept(then, [200]);
        seen.push([path, at, then.text]);
        const answer = await client.get(`/v1/counties/${county}/schools?period=2025`);
        const key = `${county} ${answer.json.version}`;
        assert.equal(records.get(key) ?? answer.text, answer.text);
        records.set(key, answer.text);
      }
    };
    const reading = [...clients, ...clients].map(read);
    await Promise.all([...writers, ...writers, ...writers].map(write)).finally(() => (writing = false));
    await Promise.all(reading);
    await settled();
    assert.ok(seen.length > 30 && records.size > 20, `${seen.length} ${records.size}`);
    for (const [path, at, body] of seen) assert.equal((await asOf(path, at)).text, body, `${path} as of ${at}`);
    const times = new Map((await world.sql(`SELECT county || ' ' || version, ${text('at')} FROM county_version
      WHERE period = '2025'`)));
    for (const [key, body] of records) {
      const path = `/v1/counties/${key.split(' ')[0]}/schools?period=2025`;
      assert.equal((await asOf(path, times.get(key))).text, body, key);
    }
    await checkTimes();
  });

  it('keeps the order of versions when the clock is set back', async () => {
    // schools have moved about: one of the counties may have none left
    const [[county, code]] = await world.sql(`SELECT county, code FROM school
      WHERE county IN ('${BUSY.join("','")}') AND parent IS NULL ORDER BY 1, 2 LIMIT 1`);
    await world.sql(`UPDATE county_period SET changed_at = clock_timestamp() + interval '2 s' WHERE county = '${county}'`);
    await putReport(admin, '2025', code, report(1200));
    await putSchool(admin, code, school(county, { name: '钟' }));
    await settled();
    await checkTimes();
    // what was stamped ahead of the clock is the future for as long
    await waitFor('the clock to catch up', async () =>
      (await one(`SELECT max(at) < clock_timestamp() AND (SELECT max(computed_at) FROM county_result) < clock_timestamp()
        FROM county_version`)) === 't');
    await same(await answers([county]), await now());
  });

  it('begins with what there is when it is introduced', async () => {
    const found = await answers([HERE, THERE, ...BUSY]);
    for (const service of [...world.apis, ...world.monitors]) await service.stop();
    await world.sql(`DROP TABLE county_version, county_result_log, stage_result_log, indicator_result_log;
      DROP INDEX school_history_county; DROP INDEX report_history_county;
      DROP TRIGGER county_version_next ON county_period; DROP TRIGGER county_version_first ON county_period;
      DROP FUNCTION county_version_next; DROP FUNCTION county_version_first;
      DELETE FROM schema_migration WHERE version = 7`);
    await migrate(world.url);
    // what a later migration has added to these tables
    await world.sql(`ALTER TABLE county_result_log ADD COLUMN standard_version bigint NOT NULL DEFAULT 1,
        ADD COLUMN failing text[] NOT NULL DEFAULT '{}', ADD COLUMN unknown text[] NOT NULL DEFAULT '{}';
      UPDATE county_result_log l SET failing = r.failing, unknown = r.unknown FROM county_result r
        WHERE (r.county, r.period) = (l.county, l.period)`);
    const at = await now();
    for (const api of world.apis) await world.startApi(api);
    for (const monitor of world.monitors) await world.startMonitor(monitor);
    await same(found, at);
    await putReport(admin, '2025', schoolCode(1), report(1400));
    await settled();
    await same(found, at);
    const first = await one(`SELECT ${text(`min(at) - interval '1 us'`)} FROM county_version WHERE county = '${HERE}'`);
    assert.equal((await asOf(`/v1/counties/${HERE}/status`, first)).status, 404);
  });
});

describe('history', () => {
  const moves = new World('history');
  const COUNTY = '340104';
  const item = (name, more = '') => `/v1/counties/${COUNTY}/history?item=${name}${more}`;
  const brief = ({ json }) => json.items.map(({ period, value, status }) => [period, value, status]);
  let client;

  const compute = async (version, period = '2025') => moves.status(COUNTY, period, version);

  before(async () => {
    await moves.start();
    client = await moves.as('admin');
    await putRegions(client, [['34', '安徽省'], [COUNTY, '蜀山区'], ['340101', '空县']]);
  });
  after(() => moves.stop());

  it('tells each change of value or status once, in order', async () => {
    await putSchool(client, schoolCode(1), school(COUNTY));
    await putSchool(client, schoolCode(2), school(COUNTY));
    const statuses = [];
    const step = async (n, body, period = '2025') => {
      statuses.push(await compute(await putReport(client, period, schoolCode(n), body), period));
    };
    await step(1, report(200)); // the other one is missing: no_data, CV 0 of those who reported
    await step(2, report(200)); // met, the CV still 0
    await step(2, report(200, { primary: R2_FAR })); // 0.818
    await step(2, report(200, { primary: { ...R2_FAR, teachers_above_degree: 17 } })); // R2 stays
    await step(1, report(200), '2024'); // another period
    await step(2, report(200, { primary: R2_MET }));
    const got = await client.get(item('R2.primary.cv'));
    assert.equal(got.status, 200);
    const cv = statuses[2].resources.primary.indicators.R2.cv;
    assert.deepEqual(brief(got), [['2025', 0, 'no_data'], ['2025', 0, 'met'], ['2025', cv, 'not_met'],
      ['2024', 0, 'no_data'], ['2025', 0, 'met']]);
    const steps = [0, 1, 2, 4, 5].map((i) => statuses[i]);
    assert.deepEqual(got.json.items.map((m) => [m.at, m.version, m.limit]), steps.map((s) => [s.computed_at, s.version, 0.5]));
    assert.equal(got.json.next, null);
    assert.deepEqual(brief(await client.get(item('R2.primary.cv', '&period=2024'))), [['2024', 0, 'no_data']]);
    const junior = await client.get(item('R2.junior.cv'));
    assert.deepEqual(brief(junior), [['2025', null, 'not_applicable'], ['2024', null, 'not_applicable']]);
    assert.equal(junior.json.items[0].limit, 0.45);
  });

  it('counts records: those that reach one threshold, and those that are not known to meet all', async () => {
    const poor = { teachers_backbone: 1, teachers_above_degree: 1 };
    await compute(await putReport(client, '2025', schoolCode(2), report(200, { primary: poor })));
    const reach = await client.get(item('R2.primary.schools', '&period=2025'));
    assert.deepEqual(brief(reach), [['2025', 1, 'no_data'], ['2025', 2, 'met'], ['2025', 1, 'not_met']]);
    assert.ok(reach.json.items.every((m) => m.limit === null));
    const all = await client.get(item('schools.primary', '&period=2025'));
    assert.deepEqual(brief(all), [['2025', 0, 'no_data'], ['2025', 0, 'met'], ['2025', 1, 'not_met']]);
    assert.ok(all.json.items.every((m) => m.limit === 0));
    assert.deepEqual(brief(await client.get(item('schools.junior', '&period=2025'))), [['2025', null, 'not_applicable']]);
  });

  it('is what the statuses said', async () => {
    for (const { at, value, status } of (await client.get(item('R2.primary.cv', '&period=2025'))).json.items) {
      const { json } = await client.get(`/v1/counties/${COUNTY}/status?period=2025&as_of=${at}`);
      assert.equal(json.computed_at, at);
      assert.deepEqual([json.resources.primary.indicators.R2.cv, json.resources.primary.indicators.R2.cv_status], [value, status]);
    }
  });

  it('is not lengthened by computing everything again', async () => {
    const names = ['R1', 'R2', 'R7'].flatMap((r) => ['cv', 'schools'].map((part) => `${r}.primary.${part}`)).concat('schools.primary');
    const all = async () => Promise.all(names.map(async (name) => (await client.get(item(name))).text));
    const found = await all();
    const was = await compute(0);
    const figures = 'SELECT (SELECT count(*) FROM stage_result_log), (SELECT count(*) FROM indicator_result_log)';
    const rows = await moves.sql(figures);
    assert.equal((await moves.ctl(['recompute', '--all'])).status, 0);
    await waitFor('the computation', async () => (await compute(0)).computed_at > was.computed_at);
    assert.deepEqual(await all(), found);
    assert.deepEqual(await moves.sql(figures), rows);
  });

  it('comes in pages', async () => {
    const whole = (await client.get(item('R2.primary.cv'))).json.items;
    const items = [];
    let path = item('R2.primary.cv', '&limit=2');
    for (let i = 0; path && i < 10; i++) {
      const { json, headers } = await client.get(path);
      items.push(...json.items);
      assert.ok(json.items.length <= 2);
      path = json.next && item('R2.primary.cv', `&limit=2&cursor=${json.next}`);
      assert.equal(headers.link !== undefined, json.next !== null);
    }
    assert.deepEqual(items, whole);
    assert.equal(whole.length, 6);
  });

  it('refuses what is no figure and does not find what is no county', async () => {
    for (const name of ['', 'R2.primary', 'R8.primary.cv', 'R2.senior.cv', 'schools', 'g7', 'R2.primary.mean']) {
      const { status, json } = await client.get(item(name));
      assert.equal(status, 400);
      assert.match(json.detail, /item .*R1…R7\.<stage>\.cv/);
    }
    assert.equal((await client.get(`/v1/counties/${COUNTY}/history`)).status, 400);
    assert.equal((await client.get(item('R2.primary.cv', '&cursor=eHg'))).status, 400);
    assert.equal((await client.get(item('R2.primary.cv', '&as_of=2026-01-01'))).status, 400);
    assert.equal((await client.get('/v1/counties/340101/history?item=R2.primary.cv')).status, 404);
    assert.deepEqual((await client.get(item('R2.primary.cv', '&period=2019'))).json, { items: [], next: null });
  });
});
