// SPDX-License-Identifier: Apache-2.0
// What one writes in an afternoon: Express takes the NDJSON file as text, and pg inserts it in one transaction, ?rows=N of them a
// statement. No history, no versions, no rights, no rows refused one by one; a yardstick, not a straw man.
//
// Environment: DATABASE_URL; prints its port.
import express from 'express';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = express();

const STAGE = ['students', 'classes', 'largest_class', 'oversized_classes', 'teachers', 'teachers_above_degree', 'teachers_backbone',
  'teachers_pe_art', 'teachers_pe_art_visiting', 'teachers_certified', 'teachers_trained', 'zone_students', 'migrant_students'];
const SITE = ['teaching_area', 'indoor_sports_area', 'sports_ground_area', 'extra_sports_area', 'equipment_value', 'multimedia_rooms',
  'public_funds', 'public_funds_budget', 'training_budget', 'music_rooms', 'art_rooms'];
const COLUMNS = ['county', 'period', 'school', 'version', ...STAGE.map((f) => `primary_${f}`), ...SITE];
const KEY = ['county', 'period', 'school'];
const UPDATES = COLUMNS.filter((c) => !KEY.includes(c)).map((c) => `${c} = excluded.${c}`).join(', ');

function check(row) {
  if (row.type !== 'report' || !/^\d{10}$/.test(row.school) || !/^20\d\d$/.test(row.period)) throw new Error('not a report');
  for (const [name, value] of Object.entries(row.stages.primary)) {
    if (!STAGE.includes(name) || !Number.isInteger(value) || value < 0) throw new Error(`${row.school}: ${name}`);
  }
}

function valuesOf(row, counties) {
  check(row);
  const county = counties.get(row.school);
  if (!county) throw new Error(`unknown school ${row.school}`);
  return [county, row.period, row.school, 1, ...STAGE.map((f) => row.stages.primary[f] ?? null), ...SITE.map((f) => row.site[f] ?? null)];
}

function statement(n) {
  const rows = Array.from({ length: n }, (_, r) => `(${COLUMNS.map((_, c) => `$${r * COLUMNS.length + c + 1}`).join(',')})`);
  return `INSERT INTO naive (${COLUMNS.join(',')}) VALUES ${rows.join(',')} ON CONFLICT (${KEY.join(',')}) DO UPDATE SET ${UPDATES}`;
}

app.post('/import', express.text({ type: '*/*', limit: '1gb' }), async (rq, rs) => {
  const client = await pool.connect();
  try {
    const schools = await client.query('SELECT code, county FROM school');
    const counties = new Map(schools.rows.map((s) => [s.code, s.county]));
    const rows = rq.body.split('\n').filter((line) => line).map((line) => JSON.parse(line));
    const most = Number(rq.query.rows);
    await client.query('BEGIN');
    for (let i = 0; i < rows.length; i += most) {
      const some = rows.slice(i, i + most);
      await client.query(statement(some.length), some.flatMap((row) => valuesOf(row, counties)));
    }
    await client.query('COMMIT');
    rs.json({ rows: rows.length });
  } catch (e) {
    await client.query('ROLLBACK');
    rs.status(400).json({ error: e.message });
  } finally {
    client.release();
  }
});

const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
server.requestTimeout = 0;
process.on('SIGTERM', () => process.exit(0));
