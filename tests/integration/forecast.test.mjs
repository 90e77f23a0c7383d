// SPDX-License-Identifier: Apache-2.0
// Where items are heading: forecasts from the figures of the school years, with and without a plan; and how far off they
// would have been, computed again here from the statuses that the API answers.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT, thisYear, waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, countyItems, putCounty, putCountyReport, putRegions } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('forecast');
const SAMPLED = '3410'; // of the sample province: its schools are made up
const URL = `/v1/counties/${COUNTY}/forecast`;
const NOW = thisYear();
const YEARS = [2020, 2021, 2022, 2023, 2024, 2025];
const PAY = [7000, 7200, 7100, 7400, 7300, 7600]; // G7, yuan: made up
let supervisor, admin;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const one = async (item, more = '') => {
  const json = ok(await supervisor.get(`${URL}?item=${item}${more}`));
  assert.equal(json.items.length, 1);
  assert.equal(json.next, null);
  assert.equal(json.items[0].item, item);
  return json.items[0];
};
const near = (actual, wanted, what) => assert.ok(Math.abs(actual - wanted) <= 2e-6 * Math.max(1, Math.abs(wanted) / 1e3),
  `${what}: ${actual} instead of ${wanted}`);

// --- the method again: medians of slopes, nothing shared with the services ---------------------------

const rounded = (v) => Math.round(v * 1e6) / 1e6;
const median = (list) => {
  const v = [...list].sort((a, b) => a - b);
  return (v[Math.floor((v.length - 1) / 2)] + v[Math.floor(v.length / 2)]) / 2;
};

function foretell(figures, aim) {
  const points = figures.map(([x, y]) => [x, rounded(y)]);
  const slopes = points.flatMap(([x, y], i) => points.slice(0, i).map(([a, b]) => (y - b) / (x - a)));
  if (aim) slopes.push((aim[1] - points.at(-1)[1]) / (aim[0] - points.at(-1)[0]));
  slopes.sort((a, b) => a - b);
  const edge = points.length >= 6 ? Math.floor((slopes.length - 1) / 4) : 0;
  const slope = median(slopes);
  const last = points.at(-1)[0];
  const level = median(points.map(([x, y]) => y + slope * (last - x)));
  const told = (s) => (year) => Math.max(0, rounded(level + s * (year - last)));
  return { last, slope, interval: slopes.length > 1, lower: told(slopes[edge]), likely: told(slope), upper: told(slopes.at(-1 - edge)) };
}

function backtest(series) {
  const cases = series.flatMap((points) => points.flatMap((_, known) => {
    if (known < 2) return [];
    const f = foretell(points.slice(0, known));
    return points.slice(known).filter(([x]) => x - f.last <= 5).map(([x, y]) => ({ years: x - f.last,
      error: Math.abs(f.likely(x) - rounded(y)), unchanged: Math.abs(rounded(points[known - 1][1]) - rounded(y)),
      interval: f.interval, inside: f.interval && f.lower(x) <= rounded(y) && rounded(y) <= f.upper(x) }));
  }));
  return [1, 2, 3, 4, 5].map((years) => ({ years, of: cases.filter((c) => c.years === years) })).filter(({ of }) => of.length)
    .map(({ years, of }) => ({ years, cases: of.length, median_error: median(of.map((c) => c.error)),
      median_error_unchanged: median(of.map((c) => c.unchanged)), with_interval: of.filter((c) => c.interval).length,
      inside: of.filter((c) => c.inside).length }));
}

function checkErrors(json, series, what) {
  const wanted = backtest(series);
  assert.equal(json.counties, series.filter((points) => points.length).length, what);
  assert.equal(json.ahead.length, wanted.length, what);
  wanted.forEach((w, i) => {
    for (const name of ['years', 'cases', 'with_interval', 'inside']) assert.equal(json.ahead[i][name], w[name], `${what} ${name}`);
    for (const name of ['median_error', 'median_error_unchanged']) near(json.ahead[i][name], w[name], `${what} ${name}`);
  });
}

// What a status says of an item; null when it is not known as a whole.
function figureOf(status, item) {
  const whole = (s, value) => (['met', 'not_met'].includes(s) ? value ?? null : null);
  const [code, stage] = item.split('.');
  if (code === 'schools') {
    const { records, records_met: met } = status.resources[stage];
    return records && !status.missing.includes(item) ? records - met : null;
  }
  if (stage) return whole(status.resources[stage].indicators[code].cv_status, status.resources[stage].indicators[code].cv);
  const own = status.items[item];
  return own ? whole(own.status, own.value ?? own.schools_total - own.schools_met) : null;
}

// What a status does not say: the last entries of the history.
async function movesOf(counties, item) {
  return Promise.all(counties.map(async (county) => {
    const last = new Map(ok(await admin.get(`/v1/counties/${county}/history?item=${item}&limit=1000`)).items.map((m) => [m.period, m]));
    return [...last.values()].filter((m) => ['met', 'not_met'].includes(m.status)).map((m) => [Number(m.period), m.value])
      .sort(([x], [y]) => x - y);
  }));
}

// --- the sample's rows ---------------------------------------------------------------------------------

const below = (code) => code.startsWith(SAMPLED);
const belongs = { region: (row) => row.code === '34' || below(row.code), school: (row) => below(row.county),
  county_report: (row) => below(row.county) };

// The province's own standard, and one prefecture of the sample. Returns the counties.
async function importSample() {
  const made = await world.ctl(['sample', path.join(ROOT, 'deploy/sample')]);
  assert.equal(made.status, 0, made.stderr);
  const rows = made.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  for (const { type, id, ...standard } of rows.filter((r) => r.type === 'standard')) {
    ok(await admin.put(`/v1/standards/${id}`, standard), 201);
  }
  // a bulk import takes no report of a school that is closed by now
  const closed = new Set(rows.filter((r) => r.type === 'school' && r.closed).map((r) => r.code));
  const schools = new Set(rows.filter((r) => r.type === 'school' && belongs.school(r) && !closed.has(r.code)).map((r) => r.code));
  for (const type of ['region', 'school', 'report', 'county_report']) {
    const mine = rows.filter((r) => r.type === type && (type === 'report' || type === 'school' ? schools.has(r.school ?? r.code) : belongs[type](r)));
    assert.ok(mine.length > 3, type);
    const { status, json, text } = await admin.request('POST', '/v1/imports', { type: 'application/x-ndjson',
      body: `${mine.map((r) => JSON.stringify(r)).join('\n')}\n` });
    assert.ok([200, 202].includes(status), text);
    const done = await waitFor(`the import of each ${type}`, async () => {
      const got = (await admin.get(`/v1/imports/${json.id}`)).json;
      return !['queued', 'running'].includes(got.state) && got;
    }, { deadline: 60000 });
    assert.equal(done.state, 'done', JSON.stringify(done).slice(-400));
  }
  return rows.filter((r) => r.type === 'region' && r.code.length === 6 && below(r.code)).map((r) => r.code);
}

async function statuses(counties) {
  const out = {};
  for (const county of counties) {
    out[county] = [];
    for (const period of ['2023', '2024', '2025']) {
      out[county].push(await waitFor(`${county} ${period}`, async () => {
        const { json } = await admin.get(`/v1/counties/${county}/status?period=${period}`);
        return json.version > 0 && json.version === json.accepted_version && json;
      }, { deadline: 60000 }));
    }
  }
  return out;
}

const seriesOf = (all, item) => Object.values(all).map((list) => list.map((s) => [Number(s.period), figureOf(s, item)])
  .filter(([, value]) => value !== null));

describe('forecasts', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    supervisor = await world.as('supervisor', COUNTY);
  });
  after(() => world.stop());

  it('a county without figures has none, and one figure without a plan is not enough', async () => {
    assert.equal((await supervisor.get(URL)).status, 404);
    await putCounty(supervisor, { own: false });
    const version = await putCountyReport(supervisor, { items: countyItems({ G7: { value: PAY[5] }, G1: { confirmed: false } }) });
    await world.status(COUNTY, PERIOD, version);
    const json = ok(await supervisor.get(URL));
    assert.deepEqual([json.county, json.period, json.version, json.standard], [COUNTY, PERIOD, version, 'national-2017']);
    assert.deepEqual(json.items.map((i) => [i.item, i.status, i.result]),
      [['G1', 'not_met', 'no_figure'], ['G7', 'not_met', 'not_enough_data']]);
    assert.deepEqual(json.items[1], { item: 'G7', status: 'not_met', result: 'not_enough_data', unit: 'yuan', limit: 8000,
      figures: [{ period: PERIOD, value: 7600 }], planned: null, basis: null, slope: null, years: [], crossing: null, on_time: null });
    assert.deepEqual([json.items[0].unit, json.items[0].limit, json.items[0].figures], [null, null, []]);
  });

  it('one figure and a milestone: the plan’s line, and only what was given is a plan', async () => {
    ok(await supervisor.put(`/v1/plans/${COUNTY}`, { recognition_year: String(NOW + 4) }), 201);
    const derived = await one('G7');
    assert.equal(derived.result, 'not_enough_data', 'a derived line is drawn to be on time');
    assert.deepEqual(derived.planned, { year: String(NOW + 4), of: 'plan' });
    ok(await supervisor.put(`/v1/plans/${COUNTY}`, { recognition_year: String(NOW + 4),
      milestones: [{ item: 'G7', year: String(NOW + 2), target: 8000 }, { item: 'R2.primary.schools', year: String(NOW + 1), target: 2 }] }));
    const g7 = await one('G7');
    assert.deepEqual([g7.result, g7.basis, g7.planned], ['forecast', 'plan', { year: String(NOW + 2), of: 'milestone' }]);
    assert.deepEqual(g7.crossing, { kind: 'reaches', earliest: null, likely: String(NOW + 2), latest: null });
    assert.equal(g7.on_time, 'likely');
    assert.deepEqual([g7.slope.lower, g7.slope.upper], [null, null]);
    near(g7.slope.likely, (8000 - 7600) / (NOW + 2 - 2025), 'slope');
    const json = ok(await supervisor.get(URL));
    assert.deepEqual(json.items.map((i) => i.item), ['G1', 'G7', 'R2.primary.schools'], 'what is planned is told as well');
    assert.deepEqual([json.items[2].unit, json.items[2].limit, json.items[2].crossing], ['schools', null, null]);
  });

  it('six figures: the line, the interval and the crossing of the golden case', async () => {
    for (const [i, year] of YEARS.entries()) {
      const version = await putCountyReport(supervisor, { period: String(year),
        items: countyItems({ G7: { value: PAY[i] }, G1: { confirmed: false } }) });
      await world.status(COUNTY, String(year), version);
    }
    const g7 = await one('G7');
    assert.deepEqual(g7.figures, YEARS.map((y, i) => ({ period: String(y), value: PAY[i] })));
    assert.deepEqual([g7.result, g7.basis, g7.limit, g7.unit], ['forecast', 'trend', 8000, 'yuan']);
    near(g7.slope.lower, 50, 'lower');
    near(g7.slope.likely, 100, 'likely');
    near(g7.slope.upper, 500 / 3, 'upper');
    assert.deepEqual(g7.years.map((y) => y.likely), [7650, 7750, 7850, 7950, 8050]);
    assert.deepEqual(g7.years[2], { year: '2028', lower: 7700, likely: 7850, upper: 8050 });
    assert.deepEqual(g7.crossing, { kind: 'reaches', earliest: '2028', likely: '2030', latest: '2034' });
    const by = Number(g7.planned.year);
    assert.equal(g7.on_time, by >= 2034 ? 'yes' : by >= 2030 ? 'likely' : by >= 2028 ? 'unlikely' : 'no');
  });

  it('up to a period; the latest figure of each; what lacks data is no figure', async () => {
    const then = await one('G7', '&period=2022');
    assert.deepEqual(then.figures.map((f) => f.value), [7000, 7200, 7100]);
    assert.equal(then.basis, 'plan_and_trend');
    const f = foretell([[2020, 7000], [2021, 7200], [2022, 7100]], [NOW + 2, 8000]);
    then.years.forEach((y) => { for (const line of ['lower', 'likely', 'upper']) near(y[line], f[line](Number(y.year)), line); });
    await world.status(COUNTY, '2021', await putCountyReport(supervisor, { period: '2021', items: countyItems({ G7: { value: 7250.5 } }) }));
    assert.deepEqual((await one('G7')).figures[1], { period: '2021', value: 7250.5 });
    const { G7: _, ...without } = countyItems();
    await world.status(COUNTY, '2023', await putCountyReport(supervisor, { period: '2023', items: without }));
    assert.deepEqual((await one('G7')).figures.map((x) => x.period), ['2020', '2021', '2022', '2024', '2025']);
    assert.equal((await one('G7', '&period=2023')).status, 'no_data');
  });

  it('its own past, foretold: every figure from those before it', async () => {
    const series = [(await one('G7')).figures.map((f) => [Number(f.period), f.value])];
    const json = ok(await supervisor.get(`/v1/regions/${COUNTY}/forecast-error?item=G7`));
    assert.deepEqual([json.region, json.item, json.unit, json.period], [COUNTY, 'G7', 'yuan', PERIOD]);
    checkErrors(json, series, 'G7');
    assert.deepEqual(json.ahead.map((a) => [a.years, a.cases]), [[1, 2], [2, 1], [3, 2], [4, 1]]);
    const before2023 = ok(await supervisor.get(`/v1/regions/${COUNTY}/forecast-error?item=G7&period=2022`));
    checkErrors(before2023, [series[0].slice(0, 3)], 'G7 to 2022');
    const none = ok(await supervisor.get(`/v1/regions/${COUNTY}/forecast-error?item=G1`));
    assert.deepEqual([none.counties, none.ahead, none.unit], [0, [], null]);
  });

  it('no verdict is touched, and nothing is written', async () => {
    // computed_at is left out: a change of the period before has this one computed again
    const standing = async () => ({ ...ok(await supervisor.get(`/v1/counties/${COUNTY}/status`)), computed_at: null });
    const status = await standing();
    const counts = await world.tableCounts();
    const first = await supervisor.get(URL);
    assert.equal((await supervisor.get(URL, { headers: { 'If-None-Match': first.headers.etag } })).status, 304);
    assert.deepEqual(await world.tableCounts(), counts);
    assert.deepEqual(await standing(), status);
    assert.deepEqual(first.json.items.filter((i) => i.status === 'not_met').map((i) => i.item), status.failing);
  });

  it('page by page', async () => {
    const whole = ok(await supervisor.get(URL));
    const pages = [];
    let next = '';
    do {
      const { json, headers } = await supervisor.get(`${URL}?limit=1${next && `&cursor=${next}`}`);
      pages.push(...json.items);
      assert.equal(json.items.length, 1);
      assert.equal(/rel="next"/.test(headers.link ?? ''), json.next !== null);
      next = json.next;
    } while (next);
    assert.deepEqual(pages, whole.items);
    assert.ok(pages.length > 2);
  });

  it('asks for an item there is, and stays in one’s region', async () => {
    for (const query of ['?item=G99', '?item=R8', '?item=R2', '?period=x', '?limit=0', '?cursor=MTI', '?items=G7']) {
      assert.equal((await supervisor.get(`${URL}${query}`)).status, 400, query);
    }
    const errors = `/v1/regions/${COUNTY}/forecast-error`;
    for (const query of ['', '?item=G99', '?item=x', '?item=G7&period=1', '?item=G7&limit=1']) {
      assert.equal((await supervisor.get(`${errors}${query}`)).status, 400, query);
    }
    assert.equal((await supervisor.get(`${URL}?period=2001`)).status, 404);
    assert.equal((await admin.get('/v1/regions/99/forecast-error?item=G7')).status, 404);
    assert.equal((await supervisor.get('/v1/regions/34/forecast-error?item=G7')).status, 403);
    assert.equal((await supervisor.get('/v1/counties/341023/forecast')).status, 403);
    assert.equal((await world.client().get(URL)).status, 401);
    assert.equal((await admin.request('POST', URL, { body: {} })).status, 405);
  });

  it('the sample’s three years: errors and forecasts as computed again from the statuses', async (t) => {
    const all = await statuses(await importSample());
    const counties = Object.keys(all);
    assert.ok(counties.length >= 7);
    for (const item of ['R2.primary.cv', 'R4.junior.cv', 'schools.primary', 'R7.primary.schools', 'G3', 'G11']) {
      const json = ok(await admin.get(`/v1/regions/${SAMPLED}/forecast-error?item=${item}`));
      const series = item.endsWith('.schools') ? await movesOf(counties, item) : seriesOf(all, item);
      checkErrors(json, series, item);
      assert.ok(json.ahead.length === 1 && json.ahead[0].cases === series.filter((s) => s.length === 3).length, item);
      t.diagnostic(`${item} a year ahead, ${json.ahead[0].cases} counties: ${json.ahead[0].median_error} ${json.unit}, unchanged ${json.ahead[0].median_error_unchanged}`);
    }
    const early = ok(await admin.get(`/v1/regions/${SAMPLED}/forecast-error?item=R2.primary.cv&period=2024`));
    assert.deepEqual([early.counties, early.ahead], [counties.length, []], 'two figures have no past');
    for (const county of counties) {
      const json = ok(await admin.get(`/v1/counties/${county}/forecast?item=R2.primary.cv`)).items[0];
      const points = json.figures.map((f) => [Number(f.period), f.value]);
      assert.deepEqual(points, all[county].map((s) => [Number(s.period), figureOf(s, 'R2.primary.cv')]));
      const f = foretell(points);
      near(json.slope.likely, f.slope, 'slope');
      assert.equal(json.basis, 'short_trend');
      json.years.forEach((y) => near(y.likely, f.likely(Number(y.year)), y.year));
    }
  });
});
