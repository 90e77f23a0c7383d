// SPDX-License-Identifier: Apache-2.0
// Bad input: each kind has its status, its problem type, a pointer to the field and a code,
// and nothing of it is written.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import zlib from 'node:zlib';
import { COUNTY, PERIOD, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { openImport } from '../lib/nation_file.mjs';
import { World } from '../lib/world.mjs';

const world = new World('api_errors', { monitors: 0 });
const SCHOOL = schoolCode(1);
const URL_ = `/v1/reports/${PERIOD}/${SCHOOL}`;
let reporter;
let admin;

const stages = (primary) => ({ stages: { primary }, site: {} });
const site = (more) => ({ stages: { primary: { students: 100 } }, site: more });

// name, body, [pointer, code]…
const REPORTS = [
  ['unknown field at the top', { ...report(), extra: 1 }, ['/extra', 'unknown_field']],
  ['unknown field in a stage', stages({ students: 1, pupils: 1 }), ['/stages/primary/pupils', 'unknown_field']],
  ['unknown field in the site', site({ pool: 1 }), ['/site/pool', 'unknown_field']],
  ['unknown stage', { stages: { nursery: { students: 1 } } }, ['/stages/nursery', 'unknown_field']],
  ['senior with more than pupils', { stages: { senior: { students: 1, teachers: 1 } } },
    ['/stages/senior/teachers', 'unknown_field'], ['/stages/senior', 'not_of_kind']],
  ['pointer characters are escaped', { ...report(), 'a/b~c': 1 }, ['/a~1b~0c', 'unknown_field']],
  ['no stages', { site: {} }, ['/stages', 'required']],
  ['stages of a wrong type', { stages: [] }, ['/stages', 'wrong_type']],
  ['a stage of a wrong type', { stages: { primary: 5 } }, ['/stages/primary', 'wrong_type']],
  ['an empty stage', { stages: { primary: {} } }, ['/stages/primary', 'empty']],
  ['text for a count', stages({ students: '100' }), ['/stages/primary/students', 'wrong_type']],
  ['true for a count', stages({ students: true }), ['/stages/primary/students', 'wrong_type']],
  ['a negative count', stages({ students: -1 }), ['/stages/primary/students', 'negative']],
  ['a fractional count', stages({ students: 1.5 }), ['/stages/primary/students', 'not_integer']],
  ['a count beyond every school', stages({ students: 10000001 }), ['/stages/primary/students', 'too_big']],
  ['a count with an exponent', '{"stages":{"primary":{"students":1e300}}}', ['/stages/primary/students', 'not_integer']],
  ['a count of 30 digits', `{"stages":{"primary":{"students":${'9'.repeat(30)}}}}`, ['/stages/primary/students', 'too_big']],
  ['three decimals', '{"stages":{"primary":{"students":1}},"site":{"teaching_area":1.005}}', ['/site/teaching_area', 'too_many_decimals']],
  ['a negative area', site({ teaching_area: -0.01 }), ['/site/teaching_area', 'negative']],
  ['an area beyond exactness', site({ teaching_area: 9000000000000.01 }), ['/site/teaching_area', 'too_big']],
  ['text for money', site({ public_funds: '1' }), ['/site/public_funds', 'wrong_type']],
  ['rooms that are no list', site({ music_rooms: 96 }), ['/site/music_rooms', 'wrong_type']],
  ['a room that is no number', site({ music_rooms: [96, '90'] }), ['/site/music_rooms/1', 'wrong_type']],
  ['a negative room', site({ art_rooms: [-1] }), ['/site/art_rooms/0', 'negative']],
  ['too many rooms', site({ art_rooms: Array(65).fill(90) }), ['/site/art_rooms', 'too_many']],
  ['certified above teachers', stages({ students: 9, teachers: 3, teachers_certified: 4 }),
    ['/stages/primary/teachers_certified', 'exceeds_whole']],
  ['largest class above pupils', stages({ students: 9, largest_class: 10 }), ['/stages/primary/largest_class', 'exceeds_whole']],
  ['indoor above teaching area', site({ teaching_area: 10, indoor_sports_area: 10.01 }), ['/site/indoor_sports_area', 'exceeds_whole']],
  ['a stage that the kind does not have', { stages: { junior: { students: 1 } } }, ['/stages/junior', 'not_of_kind']],
  ['a doubled key', '{"stages":{"primary":{"students":1,"students":2}}}', ['/stages/primary/students', 'duplicate_key']],
  ['everything at once', { stages: { primary: { students: -1, teachers: 1.5, x: 0 } }, site: { teaching_area: 1.001 } },
    ['/stages/primary/students', 'negative'], ['/stages/primary/teachers', 'not_integer'],
    ['/stages/primary/x', 'unknown_field'], ['/site/teaching_area', 'too_many_decimals']],
];

const SCHOOLS = [
  ['no name', { name: undefined }, ['/name', 'required']],
  ['an empty name', { name: '' }, ['/name', 'empty']],
  ['a name too long', { name: '长'.repeat(41) }, ['/name', 'too_long']],
  ['an unknown county', { county: '349999' }, ['/county', 'unknown_county']],
  ['a county of four digits', { county: '3402' }, ['/county', 'bad_format']],
  ['an unknown kind', { kind: '999' }, ['/kind', 'not_allowed']],
  ['an unknown locale', { locale: '113' }, ['/locale', 'not_allowed']],
  ['an unknown sponsor', { sponsor: '11' }, ['/sponsor', 'not_allowed']],
  ['a number for a code', { sponsor: 1 }, ['/sponsor', 'wrong_type']],
  ['text for a flag', { boarding: 'yes' }, ['/boarding', 'wrong_type']],
  ['an unknown parent', { parent: schoolCode(999) }, ['/parent', 'unknown_parent']],
  ['an unknown field', { colour: 'red' }, ['/colour', 'unknown_field']],
];

const REGIONS = [
  ['no name', {}, ['/name', 'required']],
  ['targets of a wrong type', { name: 'x', targets: [] }, ['/targets', 'wrong_type']],
  ['a share in percent', { name: 'x', targets: { ensure: { 2027: 0.3, 2030: 50 } } }, ['/targets/ensure/2030', 'too_big']],
  ['a share below 0', { name: 'x', targets: { strive: { 2030: -0.1 } } }, ['/targets/strive/2030', 'negative']],
  ['a share with five decimals', { name: 'x', targets: { strive: { 2030: 0.12345 } } }, ['/targets/strive/2030', 'too_many_decimals']],
  ['an unknown field', { name: 'x', code: '34' }, ['/code', 'unknown_field']],
];

const MALFORMED = [
  ['nothing', ''], ['half an object', '{"stages":'], ['a list', '[]'], ['a number', '1'],
  ['two values', '{} {}'], ['a trailing comma', '{"stages":{},}'], ['NaN', '{"stages":NaN}'],
  ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['a NUL', '{"stages\u0000":{}}'], ['deep nesting', '['.repeat(5000)],
  ['deep objects', '{"stages":'.repeat(3000)],
];

function checkProblem(answer, status, slug, wanted = []) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.type, `/problems/${slug}`);
  for (const [pointer, code] of wanted) {
    const found = (answer.json.errors ?? []).find((e) => e.pointer === pointer && e.code === code);
    assert.ok(found, `${pointer} ${code} is not in ${answer.text}`);
    assert.ok(found.detail.length > 0);
  }
}

async function writesNothing(action) {
  const counts = await world.tableCounts();
  await action();
  assert.deepEqual(await world.tableCounts(), counts);
}

describe('bad input', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    reporter = await world.as('reporter', COUNTY);
    await putRegions(admin);
    await putSchool(reporter, SCHOOL, school());
    await putReport(reporter, PERIOD, SCHOOL, report());
  });
  after(() => world.stop());

  for (const [name, body, ...wanted] of REPORTS) {
    it(`report: ${name}`, () => writesNothing(async () => {
      const answer = await reporter.put(URL_, body);
      checkProblem(answer, 422, 'invalid-value', wanted);
      assert.equal(answer.json.errors.length, wanted.length, answer.text);
    }));
  }

  for (const [name, more, ...wanted] of SCHOOLS) {
    it(`school: ${name}`, () => writesNothing(async () => {
      const client = name.includes('county') ? admin : reporter;
      checkProblem(await client.put(`/v1/schools/${schoolCode(2)}`, school(COUNTY, more)), 422,
        'invalid-value', wanted);
    }));
  }

  for (const [name, body, ...wanted] of REGIONS) {
    it(`region: ${name}`, () => writesNothing(async () => {
      checkProblem(await admin.put('/v1/regions/340209', body), 422, 'invalid-value', wanted);
    }));
  }

  for (const [name, body] of MALFORMED) {
    it(`malformed: ${name}`, () => writesNothing(async () => {
      checkProblem(await reporter.put(URL_, body), 400, 'malformed-json');
      checkProblem(await reporter.patch(URL_, body), 400, 'malformed-json');
    }));
  }

  it('lists at most 50 mistakes', () => writesNothing(async () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`x${i}`, i]));
    const answer = await reporter.put(URL_, { ...report(), ...many });
    checkProblem(answer, 422, 'invalid-value', [['/x0', 'unknown_field']]);
    assert.equal(answer.json.errors.length, 50);
  }));

  it('a report of a school that is not known', () => writesNothing(async () => {
    checkProblem(await admin.put(`/v1/reports/${PERIOD}/${schoolCode(404)}`, report()), 404,
      'not-found', [['/school', 'unknown_school']]);
  }));

  it('a patch that makes the report wrong', () => writesNothing(async () => {
    checkProblem(await reporter.patch(URL_, { stages: { primary: { teachers_certified: 9999 } } }), 422,
      'invalid-value', [['/stages/primary/teachers_certified', 'exceeds_whole']]);
    checkProblem(await reporter.patch(URL_, { stages: null }), 422, 'invalid-value',
      [['/stages', 'required']]);
  }));

  it('a content type that is not JSON', () => writesNothing(async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', '']) {
      checkProblem(await reporter.put(URL_, report(), { type }), 415, 'unsupported-media-type');
    }
    const charset = await reporter.put(URL_, report(), { type: 'application/json; charset=utf-8' });
    assert.equal(charset.status, 200);
    checkProblem(await reporter.put(URL_, report(), { type: 'application/merge-patch+json' }), 415,
      'unsupported-media-type');
  }));

  it('codes and periods in the path', () => writesNothing(async () => {
    for (const path of [`/v1/reports/25/${SCHOOL}`, `/v1/reports/1999/${SCHOOL}`, `/v1/reports/2100/${SCHOOL}`,
      `/v1/reports/${PERIOD}/21340`, `/v1/reports/${PERIOD}/21340000ab`]) {
      checkProblem(await admin.put(path, report()), 400, 'invalid-parameter');
    }
    checkProblem(await admin.put('/v1/schools/123', school()), 400, 'invalid-parameter');
    checkProblem(await admin.put('/v1/regions/3', { name: 'x' }), 400, 'invalid-parameter');
    checkProblem(await admin.put('/v1/regions/340', { name: 'x' }), 400, 'invalid-parameter');
    checkProblem(await admin.get('/v1/counties/3402/status'), 400, 'invalid-parameter');
  }));

  it('query parameters that are unknown or wrong', async () => {
    for (const path of ['/v1/alerts?colour=red', '/v1/alerts?limit=0', '/v1/alerts?limit=1001',
      '/v1/alerts?limit=x', '/v1/alerts?state=open', '/v1/alerts?severity=bad', '/v1/events?after=-1',
      '/v1/events?after=x', '/v1/events?limit=0', `/v1/counties/${COUNTY}/status?period=25`,
      `/v1/counties/${COUNTY}/status?periode=2025`, `/v1/reports/${PERIOD}/${SCHOOL}?x=1`,
      '/v1/alerts?limit=1&limit=2']) {
      checkProblem(await admin.get(path), 400, 'invalid-parameter');
    }
  });

  it('things that are not there', async () => {
    for (const path of ['/v1/nothing', '/v2/alerts', '/', '/v1', '/v1/alerts/', '/v1/alerts/999999',
      '/v1/schools/2134999999', '/v1/regions/99', `/v1/reports/2001/${SCHOOL}`,
      '/v1/counties/349999/status', `/v1/counties/${COUNTY}/status?period=2001`,
      '/v1/schools/../regions/34', '/v1/regions/34%2f02']) {
      const answer = await admin.get(path);
      assert.ok([404, 400].includes(answer.status), `${path}: ${answer.status}`);
    }
    checkProblem(await admin.get('/v1/nothing'), 404, 'not-found');
    checkProblem(await admin.get(`/v1/counties/${COUNTY}/status?period=2001`), 404, 'not-found');
  });

  it('a packed body, where none is taken', async () => {
    const body = zlib.gzipSync(JSON.stringify(report()));
    for (const coding of ['gzip', 'br']) {
      const headers = { 'Content-Encoding': coding };
      checkProblem(await reporter.put(URL_, body, { headers }), 415, 'unsupported-media-type');
      checkProblem(await admin.post('/v1/publications', body, { headers }), 415, 'unsupported-media-type');
      checkProblem(await reporter.patch(URL_, body, { headers }), 415, 'unsupported-media-type');
    }
    const { status } = await reporter.put(URL_, report(), { headers: { 'Content-Encoding': 'identity' } });
    assert.ok(status === 200 || status === 201);
  });

  it('a format that is not offered', async () => {
    const asked = { headers: { Accept: 'application/xml' } };
    checkProblem(await admin.get('/v1/events', asked), 406, 'not-acceptable');
    // What is told while it is made is not begun: the answer is the problem, and ends.
    const job = await openImport(admin, 'ndjson', 'mode=atomic');
    await admin.delete(`/v1/imports/${job}`);
    for (const stream of ['events', 'errors.csv']) {
      checkProblem(await admin.get(`/v1/imports/${job}/${stream}`, { headers: { Accept: 'application/json' } }), 406, 'not-acceptable');
    }
  });
});
