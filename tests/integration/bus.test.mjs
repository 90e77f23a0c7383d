// SPDX-License-Identifier: Apache-2.0
// The bus as others see it, through the npm client: hints on PUSH, alerts on PUB, CURVE.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import * as zmq from 'zeromq';
import { HintPuller, Subscriber, curveKeyPair } from '../lib/bus.mjs';
import { checkMessage } from '../lib/contract.mjs';
import { hold, waiting } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const set = (client, figures) =>
  putReport(client, PERIOD, schoolCode(2), report(200, { primary: figures }));

describe('hints', () => {
  const world = new World('bus_hints', { monitors: 1, apis: 2 });
  let admin;

  before(async () => {
    await world.start({ monitor: false });
    admin = await world.as('admin');
    await putRegions(admin);
    await putSchool(admin, schoolCode(1), school());
  });
  after(() => world.stop());

  // Somebody else who gives hints to the monitor, which starts anew for it.
  async function pusher() {
    const push = new zmq.Push({ linger: 0, sendTimeout: 5000 });
    world.closers.push(() => push.close());
    await world.monitors[0].stop();
    await push.bind('tcp://127.0.0.1:*');
    world.monitors[0].env.JUNHENG_CHANGES_CONNECT = [...world.changes, push.lastEndpoint].join(',');
    await world.startMonitor();
    return push;
  }

  it('a write is followed by one hint that its schema knows', async () => {
    const puller = new HintPuller([world.changes[0]]);
    world.closers.push(() => puller.close());
    await puller.connected();
    const version = await putReport(admin, PERIOD, schoolCode(1), report());
    const hint = await waitFor('the hint', () => puller.got.find((g) => g.hint.version === version));
    checkMessage('change.v1', hint.hint);
    assert.deepEqual(hint.hint, { county: COUNTY, period: PERIOD, version });
    assert.equal(hint.frames, 1);
    await putReport(admin, PERIOD, schoolCode(1), report());
    const next = await putReport(admin, PERIOD, schoolCode(1), report(300));
    await waitFor('the next hint', () => puller.got.some((g) => g.hint.version === next));
    assert.ok(puller.got.filter((g) => g.hint.version === version).length <= 1, 'no change, no hint');
    await puller.close(); // who connects and does not read would take every other hint
  });

  it('a request never waits for a monitor that is not there or does not read', async () => {
    for (let i = 0; i < 1500; i++) await putReport(admin, PERIOD, schoolCode(1), report(400 + (i % 7)));
    assert.equal((await admin.get('/healthz')).status, 200);
  });

  it('a monitor takes hints from several APIs, and drops what is no hint', async () => {
    await world.startMonitor();
    const other = await world.as('admin').then((c) => world.client(c.key, world.apis[1]));
    const version = await putReport(other, PERIOD, schoolCode(1), report(500));
    await world.status(COUNTY, PERIOD, version);
  });

  it('survives strangers that do not speak ZMTP', async () => {
    for (const endpoint of [world.changes[0], world.alerts[0]]) {
      const { port, hostname } = new URL(endpoint.replace('tcp:', 'http:'));
      await new Promise((resolve) => {
        const socket = net.connect(Number(port), hostname, () => socket.end('GET / HTTP/1.1\r\n\r\n'));
        socket.on('error', resolve);
        socket.on('close', resolve);
        socket.resume();
      });
    }
    const version = await putReport(admin, PERIOD, schoolCode(1), report(600));
    await world.status(COUNTY, PERIOD, version);
  });

  it('a monitor survives hints that lie', async () => {
    const push = await pusher();
    const lies = ['', '{', '[]', 'x'.repeat(2000), '{"county":"340207"}',
      '{"county":"340299","period":"2025","version":1}', '{"county":"34020","period":"2025","version":1}',
      `{"county":"${COUNTY}","period":"2025","version":99999999}`,
      `{"county":"${COUNTY}","period":"2025","version":-1}`, Buffer.from([0xff, 0, 1]),
      `{"county":"'; DROP TABLE report; --","period":"2025","version":1}`];
    for (let i = 0; i < 300; i++) await push.send(lies[i % lies.length]);
    await push.send('x'.repeat(1 << 20));
    const version = await putReport(admin, PERIOD, schoolCode(1), report(700));
    await world.status(COUNTY, PERIOD, version);
  });

  it('a hint that comes to nothing costs no mark: what another period of the county changes meanwhile is seen', async () => {
    const push = await pusher();
    const former = String(Number(PERIOD) - 1);
    await world.status(COUNTY, former, await putReport(admin, former, schoolCode(1), report(700)));
    const version = await putReport(admin, PERIOD, schoolCode(1), report(710));
    await world.status(COUNTY, PERIOD, version);
    const computed = async () => (await world.sql(`SELECT computed_at FROM county_result WHERE county = '${COUNTY}' AND period = '${PERIOD}'`))[0][0];
    const before = await computed();
    // as a monitor that computes the former period: it finds the latest one's row held, and does not wait for it
    const release = await hold(world.url, `SELECT pg_advisory_xact_lock(x'4a48'::integer, ${COUNTY})`);
    await push.send(JSON.stringify({ county: COUNTY, period: PERIOD, version }));
    await waiting(world.url);
    await release(`UPDATE county_result SET computed_at = clock_timestamp() WHERE county = '${COUNTY}' AND period = '${former}';`);
    await waitFor('the latest period to be looked at again', async () => (await computed()) !== before);
  });
});

describe('CURVE', () => {
  const server = curveKeyPair();
  const stranger = curveKeyPair();
  const world = new World('bus_curve', { env: { JUNHENG_CURVE_PUBLIC_KEY: server.publicKey,
    JUNHENG_CURVE_SECRET_KEY: server.secretKey, JUNHENG_CURVE_SERVER_KEY: server.publicKey } });
  let admin;

  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    await putCounty(admin);
  });
  after(() => world.stop());

  it('whoever knows the server’s key gets alerts; without it nothing', async () => {
    const mine = curveKeyPair();
    const subscriber = new Subscriber(world.alerts, { curve: { server: server.publicKey, ...mine } });
    const deaf = new Subscriber(world.alerts);
    const wrong = new Subscriber(world.alerts, { curve: { server: stranger.publicKey, ...mine } });
    for (const s of [subscriber, deaf, wrong]) world.closers.push(() => s.close());
    await subscriber.connected();
    await set(admin, R2_FAR);
    const event = await subscriber.event({ type: 'alert.firing', item: 'R2.primary.cv' });
    checkMessage('alert.v1', event);
    await set(admin, R2_MET);
    await subscriber.event({ type: 'alert.resolved', item: 'R2.primary.cv' });
    assert.equal(deaf.got.length + wrong.got.length, 0);
    assert.equal(deaf.handshakes + wrong.handshakes, 0);
  });

  it('hints travel encrypted as well', async () => {
    const puller = new HintPuller(world.changes);
    world.closers.push(() => puller.close());
    const version = await set(admin, R2_FAR);
    await world.status(COUNTY, PERIOD, version);
    assert.equal(puller.handshakes, 0);
  });
});

describe('CURVE keys that are none', () => {
  it('stop the start', async () => {
    const world = new World('bus_badcurve', { env: { JUNHENG_CURVE_PUBLIC_KEY: 'x'.repeat(40) } });
    await world.prepare();
    for (const service of [world.apis[0], world.monitors[0]]) {
      service.expected.push(/.*/);
      service.start();
      const { code } = await service.exited;
      assert.ok(code > 0, service.name);
    }
    await world.stop();
  });
});
