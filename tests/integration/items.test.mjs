// SPDX-License-Identifier: Apache-2.0
// The 15 and the 9 items, recognition and vetoes, from what is reported to the verdict, its explanation, its alerts
// and its history.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, countyItems, putCounty, putCountyReport, putRegions, putReport, putSchool, report, school,
  schoolCode, site, stage } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('items');
const NAMES = [...Array(15).keys()].map((i) => `G${i + 1}`).concat([...Array(9).keys()].map((i) => `Q${i + 1}`), 'S1',
  [...Array(7).keys()].map((i) => `V${i + 1}`));
const [FIRST, SECOND] = [schoolCode(1), schoolCode(2)];
let admin;

const explain = async (item, more = '', county = COUNTY) => {
  const { status, json, text } = await admin.get(`/v1/counties/${county}/explain?item=${item}${more}`);
  assert.equal(status, 200, text);
  assert.equal(json.item, item);
  return json;
};
const own = async (items) => world.status(COUNTY, PERIOD, await putCountyReport(admin, { items: countyItems(items) }));
// The first school reports otherwise; what the item is then, and why.
const school1 = async (item, more = {}, siteMore = {}, students = 200) => {
  const version = await putReport(admin, PERIOD, FIRST, report(students, { primary: more, site: siteMore }));
  const status = await world.status(COUNTY, PERIOD, version);
  return { item: status.items[item], status, why: await explain(item) };
};

describe('items', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    await putCounty(admin);
  });
  after(() => world.stop());

  it('all of them are judged, in the order of the standard, and met', async () => {
    const status = await own();
    assert.deepEqual(Object.keys(status.items), NAMES);
    for (const [name, { status: s, rounding_sensitive }] of Object.entries(status.items)) {
      assert.ok(s === 'met' || (s === 'not_applicable' && name === 'G6'), `${name} ${s}`);
      assert.equal(rounding_sensitive, false, name);
    }
    assert.deepEqual([status.verdict, status.failing, status.missing], ['met', [], []]);
    for (const name of NAMES) {
      const why = await explain(name);
      assert.equal(why.status, status.items[name].status, name);
      assert.equal(why.version, status.version);
      assert.ok(why.conditions.length >= 1 && why.rule.text.includes(why.conditions[0].text), name);
      assert.match(why.rule.title, /县域义务教育优质均衡/);
      assert.match(why.rule.source, /教督〔2017〕6号/);
      assert.deepEqual([why.items, why.more, why.missing], [[], 0, []], name);
    }
  });

  it('without a report of the county its items have no data; a veto neither', async () => {
    const version = await putReport(admin, '2024', FIRST, report());
    const status = await world.status(COUNTY, '2024', version);
    assert.ok(['G1', 'G7', 'G15', 'Q1', 'Q9', 'S1', 'V1'].every((n) => status.missing.includes(n)), status.missing.join());
    assert.equal(status.items.G7.value, undefined);
    assert.equal(status.items.G6.status, 'no_data', 'the second school, which has not reported, may be small');
    const why = await explain('G8', '&period=2024');
    assert.deepEqual([why.status, why.reported, why.conditions[0].inputs.reported], ['no_data', false, false]);
    assert.deepEqual(why.conditions[0].inputs.of.map((t) => [t.figure, t.value]), [['/items/G8/teacher', null]]);
    const g12 = await explain('G12', '&period=2024');
    assert.deepEqual([g12.status, g12.missing.map((m) => m.school)], ['no_data', [SECOND]]);
  });

  it('confirmed: with its evidence', async () => {
    const status = await own({ G2: { confirmed: false }, G14: { plan: 1000, allocated: 600, rural_tilt: false } });
    assert.deepEqual(status.failing, ['G2', 'G14']);
    const no = await explain('G2');
    assert.deepEqual([no.status, no.evidence, no.conditions[0].inputs], ['not_met', null, { figure: '/items/G2/confirmed', value: false }]);
    const yes = await explain('G1');
    assert.deepEqual([yes.status, yes.evidence, yes.conditions[0].inputs.value], ['met', '规划〔2025〕1号', true]);
    assert.match(yes.conditions[0].text, /依据.* \/ .*evidence/);
    const g14 = await explain('G14');
    assert.deepEqual(g14.conditions.map((c) => [c.rule, c.status]), [['ratio', 'met'], ['confirmed', 'not_met']]);
    assert.deepEqual([g14.conditions[0].value, g14.conditions[0].display, g14.conditions[0].threshold], [60, '60.0', 50]);
  });

  it('ratios of the county: value, threshold and the sums behind them', async () => {
    const status = await own({ G7: { value: 7999.99 }, G8: { teacher: 98999.99, civil_servant: 99000 },
      G11: { eligible: 100, moved: 12, backbone_moved: 2 }, Q1: { graduating: 939, moved_in: 20, moved_out: 30, intake: 1000, deaths: 1 },
      G15: { eligible: 200, public: 150, purchased: 19, care: true, evidence: '台账' } });
    assert.deepEqual(status.failing, ['G7', 'G8', 'G11', 'G15', 'Q1']);
    const { G7, G8, G11, G15 } = status.items;
    assert.deepEqual([G7.value, G7.display, G7.threshold, G7.measure, G7.compare], [7999.99, '7999.99', 8000, 'yuan', 'at_least']);
    assert.deepEqual([G8.display, G8.rounding_sensitive], ['100.0', true], 'on the form it would be met');
    assert.deepEqual(G11.conditions.map((c) => [c.status, c.display]), [['met', '12.0'], ['not_met', '16.7']]);
    assert.equal(G15.display, '84.5');
    const q1 = (await explain('Q1')).conditions[0];
    assert.deepEqual(q1.inputs.of.map((t) => [t.figure, t.sign, t.value]),
      [['/items/Q1/graduating', '+', 939], ['/items/Q1/moved_in', '-', 20], ['/items/Q1/moved_out', '+', 30]]);
    assert.deepEqual(q1.inputs.sums, { of: 949, to: 999 });
    assert.equal(q1.value.toFixed(6), (94900 / 999).toFixed(6));
    assert.match(q1.text, /毕业生数 − 三年转入 \+ 三年转出 ÷ \(三年前初一在校生 − 三年死亡\)不低于 95%|\(毕业生数 − 三年转入 \+ 三年转出\) ÷ \(三年前初一在校生 − 三年死亡\)不低于 95%/);
    const g8 = await explain('G8');
    assert.deepEqual([g8.rounding_sensitive, g8.conditions[0].inputs.sums], [true, { of: 98999.99, to: 99000 }]);
    const undefinedRatio = await own({ G11: { eligible: 0, moved: 0, backbone_moved: 0 } });
    assert.equal(undefinedRatio.items.G11.status, 'undefined');
    assert.ok(undefinedRatio.missing.includes('G11'));
  });

  it('schools: which fail, and what each lacks', async () => {
    await own();
    const cases = [
      ['G5', { largest_class: 47 }, {}, { figure: '/stages/primary/largest_class', lack: 2, unit: 'persons', threshold: 45, value: 47 }],
      ['G9', { teachers_trained: 79 }, {}, { figure: '/stages/primary/teachers_trained', lack: 1, unit: 'persons', threshold: 100, value: 98.75 }],
      ['G12', { teachers_certified: 77 }, {}, { figure: '/stages/primary/teachers_certified', lack: 3, unit: 'persons', threshold: 100, value: 96.25 }],
      ['G13', { zone_students: 199 }, {}, { figure: '/stages/primary/zone_students', lack: 1, unit: 'persons', threshold: 100, value: 99.5 }],
      ['Q4', {}, { training_budget: 9999.5 }, { figure: '/site/training_budget', lack: 0.5, unit: 'yuan', threshold: 5, value: 4.99975 }],
    ];
    for (const [name, more, siteMore, wanted] of cases) {
      const { item, status, why } = await school1(name, more, siteMore);
      assert.deepEqual([item.status, item.schools, item.schools_total, item.schools_met], ['not_met', [FIRST], 2, 1], name);
      assert.deepEqual(status.failing, [name]);
      assert.deepEqual(why.schools, { total: 2, met: 1, not_met: 1, reliefs: {} });
      assert.deepEqual(why.items.map((i) => [i.school, i.status, i.conditions.length]), [[FIRST, 'not_met', 1]], name);
      const [condition] = why.items[0].conditions;
      for (const [key, value] of Object.entries(wanted)) assert.equal(condition[key], value, `${name} ${key}`);
    }
    const { why } = await school1('G4', {}, {}, 2001);
    const [{ figure, lack, value, threshold }] = why.items[0].conditions;
    assert.deepEqual([figure, lack, value, threshold], ['/stages/primary/students', 1, 2001, 2000]);
    assert.match(why.rule.text, /每所非一贯制学校:在校生数不超过 2000 人;.*学校规模从宽:不超过 2400 人/);
    assert.equal((await school1('G4', {}, {}, 2000)).item.status, 'met');
  });

  it('G4: a relief that decides is told', async () => {
    await putSchool(admin, FIRST, school(COUNTY, { founded: 2010 }));
    const { item, why } = await school1('G4', {}, {}, 2400);
    assert.deepEqual([item.status, item.reliefs], ['met', { large_school: 1 }]);
    assert.deepEqual(why.relieved, [{ school: FIRST, name: '某某小学', condition: 0, relief: 'large_school' }]);
    const beyond = await school1('G4', {}, {}, 2401);
    const [condition] = beyond.why.items[0].conditions;
    assert.deepEqual([condition.threshold, condition.relief, condition.relief_decisive, condition.lack], [2400, 'large_school', false, 1]);
    await putSchool(admin, FIRST, school(COUNTY));
  });

  it('G3: rooms for each twelve classes, and their areas', async () => {
    const { item, why } = await school1('G3', { classes: 13 }, { music_rooms: [96, 95.99], art_rooms: [90, 90, 200] });
    assert.deepEqual([item.status, item.schools], ['not_met', [FIRST]]);
    const [condition] = why.items[0].conditions;
    assert.equal(condition.needed, 2);
    assert.deepEqual(condition.rooms, { music_rooms: { area: 96, have: 1, lack: 1 }, art_rooms: { area: 90, have: 3, lack: 0 } });
    assert.match(why.rule.text, /每 12 个班.*音乐 96 m²、美术 90 m²;2016 年及以前.*音乐 73 m²、美术 67 m²;.*小学 54 m²、初中 61 m²/);
    const unknown = await school1('G3', { classes: 12 }, { music_rooms: undefined });
    assert.deepEqual([unknown.item.status, unknown.why.items[0].conditions[0].rooms.music_rooms.have], ['no_data', null]);
    await putSchool(admin, FIRST, school(COUNTY, { founded: 2016 }));
    const older = await school1('G3', { classes: 12 }, { music_rooms: [73], art_rooms: [67] });
    assert.deepEqual([older.item.status, older.item.reliefs], ['met', { older_rooms: 1 }]);
    assert.deepEqual(older.why.relieved.map((r) => [r.school, r.relief]), [[FIRST, 'older_rooms']]);
    await putSchool(admin, FIRST, school(COUNTY));
  });

  it('G6: small schools are funded for 100, by the county’s own base', async () => {
    const { item, why } = await school1('G6', {}, { public_funds: 79999 }, 60);
    assert.deepEqual([item.status, item.schools_total], ['not_met', 1]);
    const [condition] = why.items[0].conditions;
    assert.deepEqual([condition.figure, condition.lack, condition.unit], ['/site/public_funds', 1, 'yuan']);
    const { G6: _, ...rest } = countyItems();
    const unknown = await world.status(COUNTY, PERIOD, await putCountyReport(admin, { items: rest }));
    assert.equal(unknown.items.G6.status, 'no_data');
    assert.deepEqual((await explain('G6')).items[0].conditions[0].missing, ['/items/G6/base_per_pupil']);
    await school1('G6');
    assert.equal((await explain('G6')).status, 'not_applicable');
    await own();
  });

  it('Q9: subject by subject, strictly below 0.15', async () => {
    const status = await own({ Q9: { subjects: [{ subject: '语文', level: 'III', difference: 0.15 },
      { subject: '数学', level: 'II', difference: 0.1 }, { subject: '科学', level: 'IV', difference: 0.149999 }] } });
    assert.deepEqual(status.failing, ['Q9']);
    const { conditions: [c] } = await explain('Q9');
    assert.deepEqual([c.level, c.difference_below], ['III', 0.15]);
    assert.deepEqual(c.subjects.map((s) => [s.figure, s.subject, s.level, s.difference, s.status]), [
      ['/items/Q9/subjects/0', '语文', 'III', 0.15, 'not_met'], ['/items/Q9/subjects/1', '数学', 'II', 0.1, 'not_met'],
      ['/items/Q9/subjects/2', '科学', 'IV', 0.149999, 'met']]);
  });

  it('S1: in total, with each group shown', async () => {
    const groups = { students: { valid: 100, satisfied: 100 }, parents: { valid: 100, satisfied: 69 } };
    const status = await own({ S1: { groups } });
    assert.deepEqual([status.items.S1.status, status.items.S1.display], ['not_met', '84.5']);
    const { conditions: [c] } = await explain('S1');
    assert.deepEqual([c.total.valid, c.total.satisfied, c.total.value], [200, 169, 84.5]);
    assert.deepEqual(Object.keys(c.groups), ['students', 'parents']);
    assert.deepEqual([c.groups.parents.value, c.groups.parents.display], [69, '69.0']);
    const met = await own({ S1: { groups: { ...groups, parents: { valid: 100, satisfied: 70 } } } });
    assert.equal(met.items.S1.status, 'met', '85 % in total, whatever one group says');
  });

  it('a veto fails the county, and alerts', async () => {
    const status = await own({ V5: { confirmed: true, evidence: '通报〔2026〕2号' } });
    assert.deepEqual([status.verdict, status.failing], ['not_met', ['V5']]);
    const alert = await waitFor('the alert', async () =>
      (await admin.get(`/v1/alerts?county=${COUNTY}&state=firing`)).json.items.find((a) => a.item === 'V5'));
    assert.deepEqual([alert.rule, alert.severity, alert.version], ['veto', 'critical', status.version]);
    const why = await explain('V5');
    assert.deepEqual([why.status, why.evidence, why.rule.group], ['not_met', '通报〔2026〕2号', 'veto']);
    assert.match(why.rule.text, /一票否决/);
    const back = await own();
    assert.equal(back.verdict, 'met');
    const events = await waitFor('both events', async () => {
      const { json } = await admin.get(`/v1/events?county=${COUNTY}&limit=1000`);
      const mine = json.items.filter((e) => e.item === 'V5');
      return mine.length === 2 && mine;
    });
    assert.deepEqual(events.map((e) => [e.type, e.rule]), [['alert.firing', 'veto'], ['alert.resolved', 'veto']]);
  });

  it('growth: against the period before, with both years’ figures', async () => {
    const growth = { zh: '教育经费增长', en: 'spending on education grows', fields: { spent: { unit: 'money', zh: '教育经费' } },
      conditions: [{ rule: 'growth', of: ['spent'], measure: 'percent', more_than: 0 }] };
    const made = await admin.put('/v1/standards/anhui-2024', { title: '示例省办法', source: '示例', base: 'national-2017',
      region: '34', valid_from: '2024', items: { EDU: growth } });
    assert.equal(made.status, 201, made.text);
    const missing = await world.status(COUNTY, PERIOD, await putCountyReport(admin, { items: countyItems({ EDU: { spent: 110.5 } }) }));
    assert.deepEqual([missing.items.EDU.status, missing.missing], ['no_data', ['EDU']]);
    await putCountyReport(admin, { period: '2024', items: countyItems({ EDU: { spent: 100 } }) });
    const judged = await waitFor('the later period to be judged again', async () => {
      const { json } = await admin.get(`/v1/counties/${COUNTY}/status?period=${PERIOD}`);
      return json.items.EDU.status === 'met' && json;
    });
    assert.deepEqual([judged.verdict, judged.items.EDU.display, judged.items.EDU.threshold], ['met', '10.5', 0]);
    const { conditions: [c] } = await explain('EDU');
    assert.deepEqual([c.inputs.period, c.inputs.sums, c.previous.period, c.previous.sums], [PERIOD, { of: 110.5 }, '2024', { of: 100 }]);
    assert.match(c.text, /教育经费,比上一学年的增长高于 0% \/ spent, growth over the period before > 0 %/);
    assert.equal((await admin.delete('/v1/standards/anhui-2024')).status, 200);
  });

  it('refuses what is no item of the standard, and says which there are', async () => {
    for (const name of ['G16', 'EDU', 'X1']) {
      const { status, json } = await admin.get(`/v1/counties/${COUNTY}/explain?item=${name}`);
      assert.equal(status, 400, name);
      assert.match(json.detail, new RegExp(`${name}.*national-2017.* G1 G2 .* V7`), name);
    }
    for (const name of ['g7', 'G', 'G7.primary', '']) {
      assert.equal((await admin.get(`/v1/counties/${COUNTY}/explain?item=${name}`)).status, 400, name);
    }
    assert.equal((await admin.get(`/v1/counties/${COUNTY}/history?item=G16`)).status, 400);
    assert.equal((await admin.get(`/v1/counties/${COUNTY}/history?item=EDU`)).status, 200, 'it once was one');
  });

  it('history tells how an item’s value moved', async () => {
    await putRegions(admin, [['340208', '弋江区']]);
    await putSchool(admin, schoolCode(80), school('340208'));
    await putReport(admin, PERIOD, schoolCode(80), report());
    const values = [8123.5, 7000, 7000, 9000.25];
    for (const [i, value] of values.entries()) {
      // something else changes each time: an entry is of the value, not of the computation
      const items = countyItems({ G7: { value }, Q2: { children: 40 + i, enrolled: 40 } });
      await world.status('340208', PERIOD, await putCountyReport(admin, { county: '340208', items }));
    }
    const { json } = await admin.get('/v1/counties/340208/history?item=G7');
    const moved = json.items.filter((m) => m.value !== null);
    assert.deepEqual(moved.map((m) => [m.value, m.status, m.limit]), [[8123.5, 'met', 8000], [7000, 'not_met', 8000], [9000.25, 'met', 8000]]);
    const schools = await admin.get('/v1/counties/340208/history?item=G12');
    assert.deepEqual(schools.json.items.map((m) => [m.value, m.status]), [[0, 'met']]);
  });

  it('as of an instant: byte for byte, after corrections of report and standard', async () => {
    const county = '340209';
    await putRegions(admin, [[county, '三山区']]);
    await putSchool(admin, schoolCode(90), school(county));
    await putReport(admin, PERIOD, schoolCode(90), report());
    const seen = [];
    const look = async (version) => {
      const { computed_at } = await world.status(county, PERIOD, version);
      const paths = [`/v1/counties/${county}/status?period=${PERIOD}`, `/v1/counties/${county}/schools?period=${PERIOD}`];
      for (const path of paths) seen.push([path, computed_at, (await admin.get(path)).text]);
    };
    await look(await putCountyReport(admin, { county }));
    await look(await putCountyReport(admin, { county, items: countyItems({ G7: { value: 8500 }, S1: { groups: { parents: { valid: 10, satisfied: 8 } } } }) }));
    const document = { title: '示例区办法', source: '示例', base: 'national-2017', region: county, valid_from: PERIOD,
      thresholds: { primary: { R4: 6.5 } }, items: { G7: { conditions: [{ rule: 'ratio', over: 'county', of: ['value'], measure: 'yuan', at_least: 8600 }] } } };
    for (const [n, at_least] of [[1, 8600], [2, 8400]]) {
      document.items.G7.conditions[0].at_least = at_least;
      document.thresholds.primary.R4 = 6 + n;
      const { status, text } = await admin.put('/v1/standards/sanshan', document);
      assert.ok(status < 300, text);
      await waitFor('the county to be judged by it', async () => {
        const { json } = await admin.get(`/v1/counties/${county}/status?period=${PERIOD}`);
        return json.standard === 'sanshan' && json.standard_version === n;
      });
      await look(0);
    }
    await look((await admin.delete(`/v1/county-reports/${PERIOD}/${county}`)).json.version);
    assert.equal(new Set(seen.map(([, , text]) => text)).size > 6, true);
    for (const [path, at, text] of seen) {
      assert.equal((await admin.get(`${path}&as_of=${at}`)).text, text, `${path} as of ${at}`);
    }
  });

  it('integrated and small rural schools', async () => {
    const county = '340212';
    await putRegions(admin, [[county, '湾沚区']]);
    const nine = schoolCode(95, '31');
    await putSchool(admin, nine, school(county, { kind: '312' }));
    await putReport(admin, PERIOD, nine, { stages: { primary: stage(1600), junior: stage(901, { largest_class: 51, zone_students: 860 }) },
      site: site(2501) });
    const items = Object.fromEntries(await Promise.all(['G4', 'G5', 'G13'].map(async (n) => [n, await explain(n, '', county)])));
    const brief = (why) => why.items.flatMap((i) => i.conditions.map((c) => [c.condition, c.figure, c.value, c.threshold, c.lack]));
    assert.deepEqual(brief(items.G4), [[1, '/stages/*/students', 2501, 2500, 1]]);
    assert.deepEqual(brief(items.G5), [[1, '/stages/junior/largest_class', 51, 50, 1]]);
    assert.equal(items.G13.status, 'met', '860 of 901 are 95.4 %');
    const small = schoolCode(96);
    await putSchool(admin, small, school(county, { locale: '220' }));
    await putReport(admin, PERIOD, small, { stages: { primary: stage(80, { classes: 6, largest_class: 20 }) },
      site: site(80, { music_rooms: [54], art_rooms: [53.99] }) });
    const g3 = await explain('G3', '', county);
    const mine = g3.items.find((i) => i.school === small).conditions[0];
    assert.deepEqual(mine.rooms, { music_rooms: { area: 54, have: 1, lack: 0 }, art_rooms: { area: 54, have: 0, lack: 1 } });
    assert.equal(mine.relief, 'small_rural_rooms');
    const limited = await explain('G3', '&limit=1', county);
    assert.equal(limited.items.length + limited.more, g3.items.length);
  });
});
