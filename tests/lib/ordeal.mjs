// SPDX-License-Identifier: Apache-2.0
// An ordeal: real clients report, something is inflicted on the services, and when it is over all must be as if nothing had
// happened. What that means is in faults.mjs; this brings the worlds up, and takes the same input through a quiet one.
//
// SEED= replays what clients send and what is inflicted; how the two meet is up to the machine.
import assert from 'node:assert/strict';
import { Cluster, freshDatabase, migrate } from './database.mjs';
import { pause, waitFor } from './env.mjs';
import { checkLog, finalState, StreamReader } from './faults.mjs';
import { Load, countiesOf, prepareCounties, repeat, settled } from './load.mjs';
import { freshSeed, random } from './random.mjs';
import { World } from './world.mjs';

// A fault may take a database away from under a service: that it says so is right.
const EXPECTED = [/db-unavailable/, /"busy"/, /sweep/, /database/, /SQLSTATE/, /outbox/];

// inflict({ world, cluster, random, load, say }): answers a summary of what it did.
export async function ordeal(name, { monitors = 2, counties = 50, writers = 8, rest = 20 }, inflict) {
  const seed = freshSeed();
  const say = (text) => process.stderr.write(`${name}: ${text}\n`);
  say(`SEED=${seed}`);
  const codes = countiesOf(counties);
  const cluster = new Cluster(name);
  let world;
  try {
    await cluster.start({ durable: true });
    await migrate(cluster.url);
    world = new World(name, { monitors, url: cluster.url });
    await world.start();
    for (const service of [...world.apis, ...world.monitors]) service.expected.push(...EXPECTED);
    const { load, wanted } = await suffer(world, { codes, seed, writers, rest }, (tools) => inflict({ ...tools, cluster, say }), say);
    const quiet = await undisturbed(`${name}_quiet`, codes, load.accepted);
    for (const county of codes) {
      const counted = wanted[county].status.version - load.versions.get(county);
      assert.ok(counted >= 0 && counted <= (load.unsure.get(county) ?? 0), `${county}: each accepted change was counted once, not ${counted} more`);
      assert.deepEqual(wanted[county], quiet[county], `${county}: as if nothing had happened`);
    }
  } finally {
    await world?.stop();
    await cluster.destroy();
  }
}

async function suffer(world, { codes, seed, writers, rest }, inflict, say) {
  const admin = await world.as('admin');
  const bus = world.subscribe();
  await bus.connected(world.monitors.length);
  const stream = new StreamReader(admin);
  world.closers.push(() => stream.close());
  await prepareCounties(admin, codes);
  const load = new Load(admin, { counties: codes, seed, writers, rest });
  await load.start();
  const done = await inflict({ world, load, random: random(seed) });
  await load.stop();
  await settled(world);
  const events = await checkLog(world, admin, { stream, bus });
  say(`${done}; ${load.writes} writes accepted, ${load.again} sent again; ${events.length} events, `
    + `${bus.got.length - events.length} told twice on the bus, ${stream.connections} connections of the stream`);
  return { load, wanted: await finalState(admin, codes) };
}

// The same input, one monitor, and nothing happens.
async function undisturbed(name, codes, accepted) {
  const world = new World(name, { monitors: 1, url: await freshDatabase(`t_${name}`) });
  await world.start();
  try {
    const admin = await world.as('admin');
    await prepareCounties(admin, codes);
    await repeat(admin, accepted);
    await settled(world);
    return await finalState(admin, codes);
  } finally {
    await world.stop();
  }
}

// Kills a monitor once a second, and starts it again at once.
export const killMonitors = (seconds) => async ({ world, random: r, load }) => {
  const end = Date.now() + seconds * 1000;
  let kills = 0;
  for (; Date.now() < end; kills++) {
    const until = Date.now() + 1000;
    const monitor = r.one(world.monitors);
    await monitor.kill();
    await world.startMonitor(monitor);
    await pause(Math.max(0, until - Date.now()));
  }
  assert.ok(load.writes > 0);
  return `${kills} monitors killed`;
};

// PostgreSQL is stopped, or crashes, and comes back; between two times clients get some writes done.
export const restartDatabase = (times, writesBetween = 200) => async ({ cluster, random: r, load, say }) => {
  const done = { stop: 0, crash: 0, killGroup: 0 };
  for (let i = 0; i < times; i++) {
    const from = load.writes;
    await waitFor(`${writesBetween} writes before restart ${i + 1}`, () => load.writes >= from + writesBetween, { deadline: 60000 });
    const how = r.one(Object.keys(done));
    await cluster[how]();
    await cluster.start();
    done[how] += 1;
    say(`${i + 1}: ${how}, ${load.writes} writes`);
  }
  return `PostgreSQL restarted ${times} times: ${JSON.stringify(done)}`;
};
