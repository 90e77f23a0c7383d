// SPDX-License-Identifier: Apache-2.0
// The golden case and the sample county are the same schools.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { golden } from './jiujiang.mjs';

test('tests/golden/jiujiang.json is made of deploy/sample/jiujiang.csv', () => {
	const file = new URL('../golden/jiujiang.json', import.meta.url);
	assert.equal(readFileSync(file, 'utf8'), golden());
});
