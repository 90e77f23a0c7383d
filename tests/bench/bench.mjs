// SPDX-License-Identifier: Apache-2.0
// make bench: measure.mjs, alerts.mjs, nation.mjs; then again the first two, and a run of the third, as on a disk that takes
// 5 ms to flush: what is told in commits depends on how long one takes. The packages that they need may not be there yet.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

execFileSync(fileURLToPath(new URL('../packages.sh', import.meta.url)), { stdio: 'inherit' });
const bench = (name, more = {}) => execFileSync(process.execPath, [fileURLToPath(new URL(name, import.meta.url))],
  { stdio: 'inherit', env: { ...process.env, ...more } });

for (const name of ['measure.mjs', 'alerts.mjs', 'nation.mjs']) bench(name);
const slow = { COMMIT_DELAY_US: '5000' };
console.log('as on a disk that takes 5 ms more for a commit:');
for (const [name, more] of [['measure.mjs', { ROUNDS: '3' }], ['alerts.mjs', { ROUNDS: '2' }], ['nation.mjs', { RUNS: '1' }]]) {
  bench(name, { ...slow, ...more });
}
