// SPDX-License-Identifier: Apache-2.0
// Fails when an operation of the contract was never called, or never successfully.
// usage: node tests/lib/exercised.mjs NOTES
import fs from 'node:fs';
import { operations } from './contract.mjs';

const seen = new Map();
for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n')) {
  const [id, status] = line.split(' ');
  if (status) seen.set(id, [...(seen.get(id) ?? []), Number(status)]);
}
let bad = 0;
for (const { id } of operations) {
  const statuses = seen.get(id) ?? [];
  if (statuses.some((s) => s < 300)) continue;
  console.log(`${id}: ${statuses.length ? 'never succeeded' : 'never called'}`);
  bad = 1;
}
process.exit(bad);
