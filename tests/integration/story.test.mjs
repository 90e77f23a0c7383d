// SPDX-License-Identifier: Apache-2.0
// Three years of the sample province in some seconds: tests/golden/story/script.json says what is done in one of its counties and
// when, the clock is set to it, and what is told is what timeline.json tells: of the county each event, of the 103 others, which
// are left as they are, how many. GOLDEN=write writes it anew, to be read before it is kept.
//
// Between two steps time goes by as it would: the clock stops wherever something comes due.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkMessage } from '../lib/contract.mjs';
import { Cluster, migrate } from '../lib/database.mjs';
import { BUILD, ROOT, waitFor } from '../lib/env.mjs';
import { allEvents, replay } from '../lib/faults.mjs';
import { World } from '../lib/world.mjs';

const FOLDER = path.join(ROOT, 'tests/golden/story');
const story = JSON.parse(fs.readFileSync(path.join(FOLDER, 'script.json'), 'utf8'));
const { county, schools } = story;
const TIMELINE = path.join(FOLDER, 'timeline.json');
const OPEN = ['pending', 'firing', 'acknowledged'];

const cluster = new Cluster('story', { clock: '2024-02-25T09:00:00+08:00' });
const people = {};
let world, sample, period;

const ok = (answer, ...more) => {
  assert.ok([200, 201, ...more].includes(answer.status), answer.text);
  return answer.json;
};
const china = (time) => new Date(Date.parse(time) + 8 * 3600000).toISOString();

// --- time goes by ---------------------------------------------------------------------------

// Nothing is left to do by now: all is computed, nothing is due. One question each time: there are hundreds.
const NOT_COMPUTED = `SELECT count(*) FROM county_period p
  LEFT JOIN county_result r USING (county, period) WHERE r.computed_version IS DISTINCT FROM p.version OR r.stale
  OR r.due_at <= clock_timestamp()`;
// Held back by what is over now.
const NOT_TOLD = `SELECT count(*) FROM alert_untold u JOIN alert a ON a.id = u.alert JOIN event e ON e.seq = u.seq
  WHERE a.state = 'firing' AND (
    e.held LIKE 'silence:%' AND NOT EXISTS (SELECT FROM silence s
      WHERE e.held = 'silence:' || s.id AND s.ended_at IS NULL AND coalesce(s.until > clock_timestamp(), true))
    OR e.held LIKE 'alert:%' AND NOT EXISTS (SELECT FROM alert o
      WHERE e.held = 'alert:' || o.id AND o.state IN ('firing', 'acknowledged')))`;
const quiet = () => waitFor('all to be computed and told', async () => (await world.sql(`SELECT (${NOT_COMPUTED}) + (${NOT_TOLD})`))[0][0] === '0');

// What comes due within a minute is one stop: an import takes some seconds of the clock.
const STOP_MS = 60000;

// When something comes due first, if that is a stop before then: RFC 3339, or false.
async function dueBefore(then) {
  const [[at]] = await world.sql(`SELECT coalesce(to_char(min(due_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'never')
    FROM (SELECT due_at FROM county_result UNION ALL SELECT until FROM silence WHERE until > clock_timestamp()) d
    WHERE due_at < '${new Date(Date.parse(then) - STOP_MS).toISOString()}'`);
  return at !== 'never' && at;
}

async function passUntil(then) {
  for (let due = await dueBefore(then); due; due = await dueBefore(then)) {
    cluster.clock.set(new Date(Date.parse(due) + STOP_MS).toISOString());
    await quiet();
  }
  cluster.clock.set(then);
  await quiet();
}

// --- what is done ---------------------------------------------------------------------------

async function openAlert(of) {
  const { items } = ok(await people.省督导办.get(`/v1/alerts?county=${county}&limit=1000`));
  const found = items.filter((a) => OPEN.includes(a.state) && `${a.item} ${a.rule}` === of);
  assert.equal(found.length, 1, `one open alert of ${of}`);
  return found[0].id;
}

async function entryOf(item) {
  const { items } = ok(await people.省督导办.get(`/v1/ledger?county=${county}&item=${item}`));
  assert.equal(items.length, 1, `one entry of ${item}`);
  return items[0].id;
}

const isOf = (year, { type, period: of }) => ['report', 'county_report'].includes(type) && of === year;
const lasts = ({ type, closed }) => ['region', 'standard', 'plan'].includes(type) || type === 'school' && !closed;

// Lines of `junhengctl sample`, through `junhengctl import`.
async function importLines(name, wanted) {
  const file = path.join(world.dir, `${name}.ndjson`);
  const lines = sample.filter(({ line }) => wanted(line)).map(({ text }) => text);
  assert.ok(lines.length > 0, name);
  fs.writeFileSync(file, `${lines.join('\n')}\n`);
  const done = await world.ctl(['import', '--quiet', file], { env: { JUNHENG_KEY: people.nation } });
  assert.equal(done.status, 0, done.stderr);
}

const merge = async (url, body) => ok(await people.县教育局.patch(url, body));
const DEEDS = {
  rules: async (rules) => {
    for (const [id, rule] of Object.entries(rules)) ok(await people.省督导办.put(`/v1/rules/${id}`, { region: story.province, ...rule }));
  },
  load: async (year) => {
    period = year;
    await importLines(year, (line) => isOf(year, line) || year === story.first && lasts(line));
  },
  closed: () => importLines('closed', ({ type, closed }) => type === 'school' && closed),
  bulletin: () => importLines('bulletin', ({ type }) => type === 'publication'),
  plan: async (plan) => ok(await people.县教育局.put(`/v1/plans/${county}`, plan)),
  backbone: async (numbers) => {
    for (const [name, teachers_backbone] of Object.entries(numbers)) {
      await merge(`/v1/reports/${period}/${schools[name]}`, { stages: { primary: { teachers_backbone } } });
      await quiet(); // not two schools in one computation
    }
  },
  own: async (items) => merge(`/v1/county-reports/${period}/${county}`, { items }),
  remove: async (names) => {
    for (const name of names) ok(await people.县教育局.delete(`/v1/reports/${period}/${schools[name]}`));
  },
  send: async (reports) => {
    for (const [name, teachers_backbone] of Object.entries(reports)) {
      const { line: { type, period: year, school, ...body } } = sample.find(({ line }) => line.type === 'report' && line.period === period
        && line.school === schools[name]);
      assert.deepEqual([type, year, school], ['report', period, schools[name]]);
      body.stages.primary.teachers_backbone = teachers_backbone;
      ok(await people.县教育局.put(`/v1/reports/${period}/${school}`, body));
    }
  },
  acts: async (acts) => {
    for (const { by, of, ...body } of acts) ok(await people[by].post(`/v1/alerts/${await openAlert(of)}/actions`, body));
  },
  ledger: async (deeds) => {
    for (const { by, of, edit, confirm } of deeds) {
      const url = `/v1/ledger/${await entryOf(of)}`;
      ok(edit ? await people[by].patch(url, edit) : await people[by].post(`${url}/confirm`, { note: confirm }));
    }
  },
  silence: async ({ by, ...body }) => ok(await people[by].post('/v1/silences', { region: county, ...body })),
};

async function play({ at, what, ...deeds }) {
  await passUntil(at);
  for (const [name, deed] of Object.entries(deeds)) {
    assert.ok(DEEDS[name], `${what}: a deed "${name}"`);
    await DEEDS[name](deed);
    await quiet(); // the next one is seen by itself
  }
}

// --- what is told ---------------------------------------------------------------------------

const shown = (number) => (number === null ? null : Number(number.toFixed(6)));

// What holds an event back, without the number of an alert or a silence.
function heldBy(held, events) {
  const [, kind, number] = /^(\w+):(\d+)$/.exec(held ?? '') ?? [];
  if (kind !== 'alert') return kind ?? held;
  const other = events.find((e) => e.alert === Number(number));
  return `${other.item} ${other.rule}`;
}

const lineOf = (e, events) => ({ at: e.time, line: { day: china(e.time).slice(0, 10), type: e.type.slice(6), item: e.item, rule: e.rule,
  period: e.period, severity: e.severity, value: shown(e.value), limit: shown(e.limit), reason: e.reason, by: e.by, comment: e.comment,
  assignee: e.assignee, held: heldBy(e.held, events), ...(e.level !== undefined && { level: e.level }) } });

async function ledgerLines() {
  const lines = [];
  for (const { id, item } of ok(await people.省督导办.get(`/v1/ledger?county=${county}&limit=1000`)).items) {
    const { history } = ok(await people.省督导办.get(`/v1/ledger/${id}`));
    for (const h of [...history].reverse()) {
      lines.push({ at: h.at, line: { day: china(h.at).slice(0, 10), item, action: h.action, period: h.period, value: shown(h.value), limit: shown(h.limit),
        by: h.by?.label ?? null, note: h.note } });
    }
  }
  return lines.sort((a, b) => a.line.item.localeCompare(b.line.item)); // and within a step as they came
}

// Of the other counties: how many of which.
function countOthers(list) {
  const counts = {};
  for (const { rule, type, level, held } of list) {
    const what = [rule, type.slice(6), ...(type === 'alert.escalated' ? [level] : []), ...(held ? ['held'] : [])].join(' ');
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort());
}

// What was done stands above what came of it until the next step; one line each.
function tell(all, ledger) {
  const events = all.filter((e) => e.county === county).map((e) => lineOf(e, all));
  const others = all.filter((e) => e.county !== county);
  const lines = (list) => list.map(({ line }) => `    ${JSON.stringify(line).replaceAll('":', '": ').replaceAll(',"', ', "')}`).join(',\n');
  const steps = story.steps.map(({ at, what }, i) => {
    const until = Date.parse(story.steps[i + 1]?.at ?? '9999-12-31');
    const within = (l) => Date.parse(l.at) >= Date.parse(at) && Date.parse(l.at) < until;
    const counted = countOthers(others.filter((e) => within({ at: e.time })));
    const elsewhere = Object.keys(counted).length ? `,\n   "others": ${JSON.stringify(counted).replaceAll('":', '": ').replaceAll(',"', ', "')}` : '';
    const parts = Object.entries({ events, ledger }).map(([name, all]) => [name, all.filter(within)]);
    return ` { "at": "${at.slice(0, 16)}", "what": ${JSON.stringify(what)}${parts.map(([name, list]) =>
      (list.length ? `,\n   "${name}": [\n${lines(list)}]` : '')).join('')}${elsewhere} }`;
  });
  return `{\n"title": "时间线 / the timeline of script.json: what was told, and what became of the ledger",\n"source": "虚构 / made up, as the script",\n"steps": [\n${steps.join(',\n')}\n]\n}\n`;
}

describe('three years', () => {
  before(async () => {
    await cluster.start();
    await migrate(cluster.url);
    world = new World('story', { url: cluster.url, clock: cluster.clock, env: { JUNHENG_SWEEP_MS: '20', JUNHENG_ALERTS_SETTLE_MS: '0' } });
    await world.start();
    for (const [label, { role, region }] of Object.entries(story.people)) {
      people[label] = world.client((await world.newKey(role, region, '--label', label)).token);
    }
    people.nation = await world.key('admin');
    const made = await world.ctl(['sample', path.join(ROOT, 'deploy/sample')], { env: cluster.clock.env(path.join(BUILD, 'junhengctl')) });
    assert.equal(made.status, 0, made.stderr);
    sample = made.stdout.trimEnd().split('\n').map((text) => ({ text, line: JSON.parse(text) }));
  });
  after(async () => {
    try {
      await world.stop();
    } finally {
      await cluster.destroy();
    }
  });

  it('are played, and told as the golden timeline tells them', async () => {
    for (const step of story.steps) await play(step);
    await passUntil('2026-12-31T09:00:00+08:00');
    const events = await allEvents(people.省督导办);
    for (const event of events) checkMessage('alert.v1', event);
    replay(events);
    const told = tell(events, await ledgerLines());
    JSON.parse(told);
    if (process.env.GOLDEN === 'write') fs.writeFileSync(TIMELINE, told);
    assert.deepEqual(told.split('\n'), fs.readFileSync(TIMELINE, 'utf8').split('\n'));
  });

  it('have everything in them that an alert and an entry can live through', () => {
    const { steps } = JSON.parse(fs.readFileSync(TIMELINE, 'utf8'));
    const all = (name, member) => new Set(steps.flatMap((s) => s[name] ?? []).map((l) => l[member]));
    for (const rule of ['near', 'plan', 'threshold', 'veto', 'stale', 'overdue']) assert.ok(all('events', 'rule').has(rule), rule);
    for (const type of ['pending', 'firing', 'acknowledged', 'assigned', 'reminded', 'resolved', 'withdrawn']) assert.ok(all('events', 'type').has(type), type);
    for (const action of ['opened', 'edited', 'met', 'struck_off', 'back', 'withdrawn']) assert.ok(all('ledger', 'action').has(action), action);
    for (const held of ['V1 veto', 'silence', null]) assert.ok(all('events', 'held').has(held), `${held}`);
  });
});
