// SPDX-License-Identifier: Apache-2.0
// The judgement of thousands of random counties against one made in whole
// numbers of any size (exact.mjs). SEED=… repeats a run, COUNTIES=… sets how many.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { county, random } from './counties.mjs';
import { CODES, judge } from './exact.mjs';
import { judged, merged, national as base } from './judged.mjs';

const seed = Number(process.env.SEED ?? 20170419);
const counties = Number(process.env.COUNTIES ?? 4000);

const same = (a, b) => a === b || Math.abs(a - b) <= 1e-9 * Math.abs(b);

function compareFields(actual, expected, fields, where) {
	for (const f of fields) {
		const want = typeof expected[f] === 'bigint' ? Number(expected[f]) : expected[f];
		if (['mean', 'sd', 'cv', 'composite_cv'].includes(f))
			assert.ok(same(actual[f], want), `${where}.${f}: ${actual[f]}, expected ${want}`);
		else assert.equal(actual[f], want, `${where}.${f}`);
	}
}

function compareRecord(actual, expected) {
	const where = `${expected.school} ${expected.stage}`;
	compareFields(actual, expected, ['school', 'stage', 'students', 'status', 'met_count'], where);
	CODES.forEach((code, i) => {
		const v = expected.values[i];
		assert.deepEqual(actual.values[i],
			[v.status, v.floor_met, v.sensitive, v.relief, v.value, Number(v.rounded)], `${where} ${code}`);
	});
}

function compare(actual, expected, tally) {
	compareFields(actual, expected, ['verdict', 'missing_schools'], 'county');
	for (const stage of ['primary', 'junior']) {
		compareFields(actual[stage], expected[stage],
			['records', 'records_met', 'students', 'schools', 'status', 'has_composite', 'composite_cv'], stage);
		for (const code of CODES) {
			const e = expected[stage][code];
			compareFields(actual[stage][code], e, Object.keys(e), `${stage}.${code}`);
			tally(e.cv_status, actual[stage][code]);
		}
	}
	assert.equal(actual.records.length, expected.records.length);
	expected.records.forEach((r, i) => compareRecord(actual.records[i], r));
}

test(`${counties} random counties are judged as in exact arithmetic (SEED=${seed})`, async () => {
	const r = random(seed);
	const documents = Array.from({ length: counties }, () => county(r, base));
	const results = await judged(documents);
	const seen = {};
	let cvs = 0, exact = 0, sensitive = 0;
	results.forEach((actual, i) => {
		const { standard, schools } = documents[i];
		try {
			compare(actual, judge(schools, merged(base, standard)), (status, j) => {
				seen[status] = (seen[status] ?? 0) + 1;
				cvs += j.has_cv ? 1 : 0;
				exact += j.exact ? 1 : 0;
				sensitive += j.rounding_sensitive ? 1 : 0;
			});
		} catch (e) {
			e.message += `\ncounty ${i} of SEED=${seed}:\n${JSON.stringify(documents[i])}`;
			throw e;
		}
	});
	console.log(`seed ${seed}: ${cvs} CVs, ${exact} of them by rationals, ${sensitive} sensitive to rounding`, seen);
	// The data must reach every corner, or the test proves nothing.
	for (const status of ['met', 'not_met', 'no_data', 'undefined', 'not_applicable'])
		assert.ok(seen[status] > 20, `${status} is hardly ever seen`);
	assert.ok(exact > 100 && sensitive > 20);
});
