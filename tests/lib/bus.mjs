// SPDX-License-Identifier: Apache-2.0
// Foreign ends of the bus, with the npm package zeromq: who subscribes to alerts, and who
// pulls hints as a monitor does.
import * as zmq from 'zeromq';
import { waitFor } from './env.mjs';

function withCurve(options, curve) {
  if (!curve) return options;
  return { ...options, curveServerKey: curve.server, curvePublicKey: curve.publicKey,
    curveSecretKey: curve.secretKey };
}

class Receiver {
  #closing = false;

  constructor(socket, endpoints) {
    this.socket = socket;
    this.got = [];
    this.failure = null;
    this.handshakes = 0;
    // before connecting: a handshake takes less than a millisecond
    socket.events.on('handshake', () => (this.handshakes += 1));
    for (const endpoint of endpoints) socket.connect(endpoint);
    this.loop = this.#receive();
  }

  async #receive() {
    try {
      for await (const frames of this.socket) this.take(frames);
    } catch (e) {
      if (!this.#closing) this.failure = e;
    }
  }

  // Connected n times by now (subscriptions follow the handshake at once).
  connected(n = 1) {
    return waitFor('the bus to connect', () => this.handshakes >= n);
  }

  async close() {
    if (this.#closing) return;
    this.#closing = true;
    this.socket.close();
    await this.loop;
    if (this.failure) throw this.failure;
  }
}

// Collects events in the order of their arrival: { topic, event, at }.
export class Subscriber extends Receiver {
  constructor(endpoints, { topic = 'alert.', curve } = {}) {
    // a quick reconnect: the monitors are killed and started again
    const socket = new zmq.Subscriber(withCurve({ reconnectInterval: 50, linger: 0 }, curve));
    socket.subscribe(topic);
    super(socket, endpoints);
  }

  take([topic, data]) {
    this.got.push({ topic: topic.toString(), event: JSON.parse(data.toString()),
      at: process.hrtime.bigint() });
  }

  events(filter = () => true) {
    return this.got.map((g) => g.event).filter(filter);
  }

  // The first event of this type and item (both optional).
  event({ type, item, county, after = 0 }, options) {
    return waitFor(`event ${type} ${item}`, () => this.events((e) => e.seq > after &&
      (!type || e.type === type) && (!item || e.item === item) &&
      (!county || e.county === county))[0], options);
  }
}

export class HintPuller extends Receiver {
  constructor(endpoints, { curve } = {}) {
    super(new zmq.Pull(withCurve({ reconnectInterval: 50, linger: 0 }, curve)), endpoints);
  }

  take(frames) {
    this.got.push({ frames: frames.length, hint: JSON.parse(frames[0].toString()) });
  }
}

export const curveKeyPair = () => zmq.curveKeyPair();
