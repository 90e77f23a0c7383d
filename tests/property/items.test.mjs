// SPDX-License-Identifier: Apache-2.0
// The items of random counties against a judgement made in whole numbers of any size (items.mjs).
// SEED=… repeats a run, COUNTIES=… sets how many.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { random } from './counties.mjs';
import { countyWithItems, judgeItems } from './items.mjs';
import { judged } from './judged.mjs';

const seed = Number(process.env.SEED ?? 20190101);
const counties = Number(process.env.COUNTIES ?? 3000);
const LISTS = ['met', 'not_met', 'no_data', 'undefined'];

function compareItem(code, actual, expected) {
	assert.equal(actual.status, expected.status, `${code}.status`);
	assert.equal(actual.rounding_sensitive, expected.sensitive, `${code}.rounding_sensitive`);
	assert.equal(actual.conditions.length, expected.conditions.length, code);
	expected.conditions.forEach((c, i) => {
		const [status, has, value, shown] = actual.conditions[i];
		assert.equal(status, c.status, `${code}[${i}].status`);
		assert.equal(has, c.value !== undefined, `${code}[${i}] has a value`);
		if (has) assert.deepEqual([value, shown], [c.value, c.shown], `${code}[${i}].value`);
	});
	if (expected.schools === undefined) return;
	assert.equal(actual.schools, expected.schools, `${code}.schools`);
	assert.equal(actual.reliefs.large_school, expected.reliefs, `${code}.reliefs`);
	for (const list of LISTS) assert.deepEqual(actual[list], expected[list], `${code}.${list}`);
}

test(`the items of ${counties} random counties are judged as in exact arithmetic (SEED=${seed})`, async () => {
	const r = random(seed);
	const documents = Array.from({ length: counties }, () => countyWithItems(r));
	const results = await judged(documents);
	const seen = {};
	let sensitive = 0, relieved = 0;
	results.forEach(({ items }, i) => {
		try {
			const expected = judgeItems(documents[i]);
			assert.deepEqual(Object.keys(items).sort(), Object.keys(expected).sort());
			for (const [code, e] of Object.entries(expected)) {
				compareItem(code, items[code], e);
				(seen[code] ??= new Set()).add(e.status);
				sensitive += e.sensitive ? 1 : 0;
				relieved += Object.values(items[code].reliefs).reduce((a, b) => a + b);
			}
		} catch (e) {
			e.message += `\ncounty ${i} of SEED=${seed}:\n${JSON.stringify(documents[i])}`;
			throw e;
		}
	});
	console.log(`seed ${seed}: ${sensitive} items sensitive to rounding, ${relieved} schools relieved`);
	// The data must reach every corner, or the test proves nothing.
	for (const [code, statuses] of Object.entries(seen))
		for (const status of ['met', 'not_met', 'no_data']) assert.ok(statuses.has(status), `${code} is never ${status}`);
	assert.ok(sensitive > 100 && relieved > 100);
});
