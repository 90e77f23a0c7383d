// SPDX-License-Identifier: Apache-2.0
// Made-up counties, and an independent computation of what they come to.
import assert from 'node:assert/strict';

export const COUNTY = '340207';
export const PERIOD = '2025';

export const REGIONS = [['34', '安徽省'], ['3402', '芜湖市'], ['340207', '鸠江区']];

export const schoolCode = (n, type = '21') => `${type}34${String(n).padStart(6, '0')}`;

export function school(county = COUNTY, more = {}) {
  return { name: '某某小学', county, kind: '211', locale: '111', sponsor: '3', ...more };
}

const SMALL_ROOMS = 12; // classes that share a music and an art room

// A stage in which every indicator is met, the same for each pupil: all CVs are 0 as long as
// the numbers of pupils are multiples of 100. What the 15 items ask of schools is met too.
export function stage(students = 200, more = {}) {
  const each = (perHundred) => Math.ceil((students * perHundred) / 100);
  const teachers = more.teachers ?? each(40);
  return { students, classes: Math.ceil(students / 45), largest_class: Math.min(students, 45),
    oversized_classes: 0, teachers, teachers_above_degree: each(8), teachers_backbone: each(2),
    teachers_pe_art: each(2), teachers_certified: teachers, teachers_trained: teachers,
    zone_students: students, ...more };
}

export function site(students = 200, more = {}) {
  const rooms = Math.ceil((students / 45 + 1) / SMALL_ROOMS);
  return { teaching_area: students * 7, indoor_sports_area: 0, sports_ground_area: students * 11,
    equipment_value: students * 3000, multimedia_rooms: Math.ceil((students * 3) / 100),
    public_funds: Math.max(students, 100) * 1000, public_funds_budget: students * 1000,
    training_budget: students * 50, music_rooms: Array(rooms).fill(96), art_rooms: Array(rooms).fill(90),
    ...more };
}

export function report(students = 200, { primary = {}, site: siteMore = {} } = {}) {
  return { stages: { primary: stage(students, primary) }, site: site(students, siteMore) };
}

// Two schools whose second one decides R2's CV and nothing else.
export const R2_MET = { teachers_backbone: 4 };
export const R2_FAR = { teachers_backbone: 40 }; // 20 against 2 per hundred: CV 0.818

export async function putRegions(client, regions = REGIONS) {
  for (const [code, name] of regions) {
    const { status, text } = await client.put(`/v1/regions/${code}`, { name });
    assert.ok(status === 200 || status === 201, text);
  }
}

export async function putSchool(client, code, body) {
  const { status, text } = await client.put(`/v1/schools/${code}`, body);
  assert.ok(status === 200 || status === 201, text);
}

// The version that the write answered.
export async function putReport(client, period, code, body) {
  const { status, text, json } = await client.put(`/v1/reports/${period}/${code}`, body);
  assert.ok(status === 200 || status === 201, text);
  return json.version;
}

// What a county itself reports, with everything met under the national standard.
export function countyItems(more = {}) {
  const confirmed = (evidence) => ({ confirmed: true, evidence });
  return {
    G1: confirmed('规划〔2025〕1号'), G2: confirmed('四统一文件'), G6: { base_per_pupil: 800 },
    G7: { value: 8123.5 }, G8: { teacher: 100000, civil_servant: 99000 }, G10: confirmed('编制文件'),
    G11: { eligible: 100, moved: 12, backbone_moved: 3 },
    G14: { plan: 1000, allocated: 600, rural_tilt: true, evidence: '招生方案' },
    G15: { eligible: 200, public: 180, purchased: 10, care: true, evidence: '关爱台账' },
    Q1: { graduating: 970, moved_in: 20, moved_out: 30, intake: 1000, deaths: 1 },
    Q2: { children: 40, enrolled: 39 }, Q3: confirmed('章程'), Q5: confirmed('应用台账'),
    Q6: confirmed('评估报告'), Q7: confirmed('课程表'), Q8: confirmed('作业公示'),
    Q9: { subjects: [{ subject: '语文', level: 'III', difference: 0.1 },
      { subject: '数学', level: 'IV', difference: 0.149999 }] },
    S1: { groups: { students: { valid: 500, satisfied: 480 }, parents: { valid: 800, satisfied: 720 },
      teachers: { valid: 100, satisfied: 95 } } },
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`V${n}`, { confirmed: false }])),
    ...more,
  };
}

// The version that the write answered.
export async function putCountyReport(client, { county = COUNTY, period = PERIOD, items = countyItems() } = {}) {
  const { status, text, json } = await client.put(`/v1/county-reports/${period}/${county}`, { items });
  assert.ok(status === 200 || status === 201, text);
  return json.version;
}

// n schools of a county with the same report each, and the county's own report (own: false leaves it out); returns the
// last version.
export async function putCounty(client, { county = COUNTY, period = PERIOD, n = 2, first = 1, own = true } = {}) {
  let version = 0;
  for (let i = first; i < first + n; i++) {
    await putSchool(client, schoolCode(i), school(county, { name: `第${i}小学` }));
    version = await putReport(client, period, schoolCode(i), report());
  }
  return own ? putCountyReport(client, { county, period }) : version;
}

// The worked example: five schools' pupils and amounts; CV 0.5152566.
export const FIVE = [[45, 279], [37, 137], [89, 935], [76, 160], [55, 402]];

// --- the seven indicators again, in another language -----------------------------------

const NUMERATORS = {
  R1: (s) => s.teachers_above_degree * 100,
  R2: (s) => s.teachers_backbone * 100,
  R3: (s) => s.teachers_pe_art * 100,
  R4: (s, site_) => site_.teaching_area - site_.indoor_sports_area,
  R5: (s, site_) => site_.sports_ground_area + site_.indoor_sports_area,
  R6: (s, site_) => site_.equipment_value,
  R7: (s, site_) => site_.multimedia_rooms * 100,
};

const LIMITS = { primary: [1n, 2n], junior: [9n, 20n] };

// Schools with one stage only. Exact: hundredths as BigInt, CV² <= L² as
// P·Σ(x²/P_i)·q² <= (q² + p²)·(Σx)² with the sum over the common denominator ΠP_i.
export function computeStage(reports, name) {
  const records = reports.filter((r) => r.stages[name]?.students > 0);
  const out = {};
  for (const [code, numerator] of Object.entries(NUMERATORS)) {
    const xs = records.map((r) => BigInt(Math.round(numerator(r.stages[name], r.site) * 100)));
    out[code] = dispersion(xs, records.map((r) => BigInt(r.stages[name].students)), LIMITS[name]);
  }
  return out;
}

function dispersion(xs, ps, [p, q]) {
  const sum = (list) => list.reduce((a, b) => a + b, 0n);
  const [X, P] = [sum(xs), sum(ps)];
  const mean = Number(X) / 100 / Number(P);
  const variance = xs.reduce((v, x, i) =>
    v + (Number(ps[i]) / Number(P)) * (Number(x) / 100 / Number(ps[i]) - mean) ** 2, 0);
  const product = ps.reduce((a, b) => a * b, 1n);
  const squares = sum(xs.map((x, i) => x * x * (product / ps[i])));
  const met = P * squares * q * q <= (q * q + p * p) * X * X * product;
  const sd = Math.sqrt(variance);
  return { mean, sd, cv: X === 0n ? null : sd / mean,
    status: X === 0n ? 'undefined' : met ? 'met' : 'not_met' };
}

export function close(actual, wanted, tolerance = 1e-9) {
  if (wanted === null) return actual === null || actual === undefined;
  return Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
}
