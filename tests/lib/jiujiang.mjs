// SPDX-License-Identifier: Apache-2.0
// 鸠江区 of the sample: made-up schools from which the figures published for 2023 come out.
import assert from 'node:assert/strict';
import path from 'node:path';
import { ROOT } from './env.mjs';

export const COUNTY = '340207';
export const PERIOD = '2023';

const wanted = ({ type, code, county, period }, ours) =>
  (type === 'region' && COUNTY.startsWith(code)) || (type === 'school' && county === COUNTY) ||
  (type === 'report' && period === PERIOD && ours);

// Imports the county's schools and their reports of one period, and nothing else.
export async function importJiujiang(world) {
  const sample = await world.ctl(['sample', path.join(ROOT, 'deploy/sample')]);
  assert.equal(sample.status, 0, sample.stderr);
  const lines = sample.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const schools = new Set(lines.filter((l) => l.type === 'school' && l.county === COUNTY).map((l) => l.code));
  const kept = lines.filter((l) => wanted(l, schools.has(l.school)));
  const done = await world.ctl(['import', '-'], { env: { JUNHENG_KEY: await world.key('admin') },
    input: kept.map((l) => `${JSON.stringify(l)}\n`).join('') });
  assert.equal(done.status, 0, done.stderr);
  return schools.size;
}
