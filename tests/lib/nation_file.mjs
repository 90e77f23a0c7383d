// SPDX-License-Identifier: Apache-2.0
// A made-up nation, for the measures and for what goes wrong in the middle: its counties and schools, a file of all their reports in both
// formats, and how such a file is sent.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { waitFor } from './env.mjs';

const PART = 2 << 20;

const STAGE = { students: 900, classes: 20, largest_class: 45, oversized_classes: 1, teachers: 60, teachers_above_degree: 50,
  teachers_backbone: 9, teachers_pe_art: 8, teachers_pe_art_visiting: 2, teachers_certified: 60, teachers_trained: 55,
  zone_students: 880, migrant_students: 30 };
const SITE = { teaching_area: 6300.5, indoor_sports_area: 800, sports_ground_area: 9000.25, extra_sports_area: 0,
  equipment_value: 2700000, multimedia_rooms: 24, public_funds: 950000, public_funds_budget: 900000, training_budget: 50000 };
const ROOMS = { music_rooms: [96, 90.5], art_rooms: [90] };
const HEADER = ['school', 'period', ...Object.keys(STAGE).map((k) => `primary.${k}`),
  ...[...Object.keys(SITE), ...Object.keys(ROOMS)].map((k) => `site.${k}`)].join(',');

export const nationSchool = (i) => String(2134000000 + i);

// The i-th school's report. more: pupils that every school has more than in the file before.
export function nationReport(i, more = 0, stage = {}) {
  return { stages: { primary: { ...STAGE, students: STAGE.students + (i % 97) + more, ...stage } }, site: { ...SITE, ...ROOMS } };
}

// Counties and schools from these numbers on; a county's schools lie apart from one another, as they do where each reports for
// itself.
export async function putNation(world, { counties, schools, firstCounty = 0, firstSchool = 0 }) {
  await world.sql(`INSERT INTO region (code, name) SELECT to_char(340001 + ${firstCounty} + i, 'FM000000'), '县'
    FROM generate_series(0, ${counties - 1}) i`);
  await world.sql(`INSERT INTO school (code, county, name, kind, locale, sponsor)
    SELECT to_char(2134000000 + ${firstSchool} + i, 'FM0000000000'), to_char(340001 + ${firstCounty} + i % ${counties}, 'FM000000'),
      '某校', '211', '111', 3
    FROM generate_series(0, ${schools - 1}) i`);
  await world.sql('VACUUM ANALYZE');
}

function cells(period, i, { stages, site }) {
  return [nationSchool(i), period, ...Object.values(stages.primary), ...Object.keys(SITE).map((k) => site[k]),
    ...Object.keys(ROOMS).map((k) => site[k].join(';'))];
}

export function* nationLines(format, { period, schools, more = 0 }) {
  if (format === 'csv') yield `${HEADER}\n`;
  for (let i = 0; i < schools; i++) {
    const report = nationReport(i, more);
    yield format === 'csv' ? `${cells(period, i, report).join(',')}\n`
      : `${JSON.stringify({ type: 'report', period, school: nationSchool(i), ...report })}\n`;
  }
}

export function* nationParts(format, file, size = PART) {
  let held = [];
  let bytes = 0;
  for (const line of nationLines(format, file)) {
    held.push(line);
    bytes += line.length;
    if (bytes < size - 4096) continue;
    yield Buffer.from(held.join(''));
    held = [];
    bytes = 0;
  }
  if (held.length) yield Buffer.from(held.join(''));
}

export async function openImport(client, format, query) {
  const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
  const { json } = await client.request('POST', `/v1/imports?${query}`, { body: '', type });
  return json.id;
}

export async function sendPart(client, id, n, bytes) {
  const headers = { 'Content-Digest': `sha-256=:${crypto.createHash('sha256').update(bytes).digest('base64')}:` };
  const { status, text } = await client.request('PUT', `/v1/imports/${id}/parts/${n}`,
    { body: bytes, type: 'application/octet-stream', headers });
  assert.equal(status, 200, text);
}

// Everything but the commit of the parts.
export async function upload(client, format, mode, file) {
  const id = await openImport(client, format, `mode=${mode}`);
  let n = 0;
  for (const bytes of nationParts(format, file)) await sendPart(client, id, ++n, bytes);
  return id;
}

export async function importEnd(client, id, { deadline = 600000, every = 10 } = {}) {
  const job = await waitFor(`import ${id}`, async () => {
    const { json } = await client.get(`/v1/imports/${id}`);
    return !['queued', 'running'].includes(json.state) && json;
  }, { deadline, every });
  assert.equal(job.state, 'done', JSON.stringify(job));
  return job;
}

// What is told of an import, live, until it has ended: [{ event, data }].
export async function followImport(client, id) {
  const { text } = await client.get(`/v1/imports/${id}/events`);
  return [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event, data]) => ({ event, data: JSON.parse(data) }));
}

// Until no county is behind.
export function settled(world, { deadline = 600000, every = 10 } = {}) {
  return waitFor('every county to be current', async () => {
    const [[behind]] = await world.sql(`SELECT count(*) FROM county_period p JOIN county_result r USING (county, period)
      WHERE r.computed_version < p.version OR r.stale`);
    return behind === '0';
  }, { deadline, every });
}
