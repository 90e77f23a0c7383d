// SPDX-License-Identifier: Apache-2.0
// Random numbers that come again: the same seed gives the same ones on every machine.

// A generator: n(k) is one of 0 … k-1, one(list) one of a list, chance(p) true p times of 1.
export function random(seed) {
  let state = seed >>> 0;
  const next = () => { // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const n = (k) => Math.floor(next() * k);
  return { n, one: (list) => list[n(list.length)], chance: (p) => next() < p };
}

// SEED= of the environment, else another one each time. Who uses it prints it.
export const freshSeed = () => Number(process.env.SEED || Date.now() % 1000000007);
