// SPDX-License-Identifier: Apache-2.0
// What the C program (tests/tools/judge.c) says of counties, and the standard that it reads.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const binary = path.resolve(root, process.env.JUNHENG_BUILD ?? 'build', 'tests/judge');
export const national = JSON.parse(readFileSync(path.join(root, 'sql/standards/national-2017.json'), 'utf8'));

export function merged(a, b) {
	if (typeof b !== 'object' || b === null) return b;
	return Object.fromEntries([...new Set([...Object.keys(a ?? {}), ...Object.keys(b)])].map((k) =>
		[k, k in b ? merged(a?.[k], b[k]) : a[k]]));
}

// Of each document, in order.
export async function judged(documents) {
	const child = spawn(binary, [], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
	const done = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
	child.stdin.on('error', () => {}); // its exit code tells
	child.stdin.end(documents.map((d) => JSON.stringify(d) + '\n').join(''));
	const out = [];
	for await (const line of createInterface({ input: child.stdout })) out.push(JSON.parse(line));
	assert.equal(await done, 0);
	assert.equal(out.length, documents.length);
	return out;
}
