import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../lib/core/json.ts';
import { environmentOf } from '../../lib/infra/environments.ts';
import { stepFunctions } from '../../lib/infra/functions.ts';
import { readTemplates } from '../../lib/infra/read-template.ts';
import { withoutParts } from '../../lib/infra/skill-parts.ts';
import { synthesizeTemplates } from '../../lib/infra/synthesize.ts';
import { loadDefinition } from '../../lib/local/states/load-definition.ts';
import { handingSkill } from '../support/handoff-skill.ts';
import { edgesOf, reachableFrom, type States } from './support/graph.ts';
import { tinySkill } from './support/templates.ts';

type Validation = { isValid: boolean; errorsText: (separator?: string) => string };
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => Validation;

const { stacks } = synthesizeTemplates({ environment: environmentOf('dev'), skills: [tinySkill, handingSkill] });
const { stateMachines, functions } = readTemplates(stacks);
const definitionOf = (name: string) => stateMachines.find(({ skill }) => skill === name)!.definition;
const handing = definitionOf(handingSkill.name);
const tiny = definitionOf(tinySkill.name);
const states = handing.States as States;
const edges = edgesOf(states);
const ways = (from: string) => edges.filter((edge) => edge.from === from).map(({ by, to }) => `${by} -> ${to}`);
const FRAGMENT = ['Offer', 'AwaitHandoff', 'HandoffOverdue', 'HandoffVerdict'];

describe('the definition of a skill that hands work over', () => {
  test('is accepted by asl-validator and by the interpreter of the local system', () => {
    const result = validate(handing);
    expect(result.isValid ? '' : result.errorsText('\n')).toBe('');
    expect(() => loadDefinition(handing as Json)).not.toThrow();
  });

  test('has one fragment more than the others, which have none of it', () => {
    const added = Object.keys(states).filter((name) => !(name in (tiny.States as States)));
    expect(added.sort()).toEqual([...FRAGMENT].sort());
    for (const word of FRAGMENT) expect(JSON.stringify(tiny)).not.toContain(word);
  });

  test('offers what gates and people have passed, and publishes by the handoff’s verdict alone', () => {
    expect(ways('Verdict')).toEqual([
      'default -> Block',
      'choice publish -> Offer',
      'choice approve -> RequestApproval',
      'choice escalate -> RequestOversight',
    ]);
    expect(ways('StageVerdict')).toContain('choice approved -> Offer');
    expect(ways('HandoffVerdict')).toEqual([
      'default -> Conclude',
      'choice await-handoff -> AwaitHandoff',
      'choice handed-over -> Publish',
      'choice publish -> Publish',
    ]);
    const entrances = edges.filter(({ to }) => to === 'Publish').map(({ from }) => from);
    expect([...new Set(entrances)]).toEqual(['HandoffVerdict']);
  });

  test('waits with a timeout from the flow; what follows it is no publication by itself', () => {
    expect(states.AwaitHandoff).toMatchObject({
      TimeoutSecondsPath: '$.wait.timeoutSeconds',
      Parameters: { Payload: { 'taskToken.$': '$$.Task.Token', 'flow.$': '$' } },
    });
    expect(ways('AwaitHandoff')).toEqual([
      'next -> HandoffVerdict',
      'catch States.Timeout -> HandoffOverdue',
      'catch States.ALL -> Recover',
    ]);
    expect(ways('HandoffOverdue')).toEqual(['next -> HandoffVerdict', 'catch States.ALL -> Recover']);
    const faults = edges.filter(({ by }) => by === 'catch States.ALL');
    for (const { to } of faults) expect([...reachableFrom(to, edges)]).not.toContain('Publish');
  });

  test('takes two transitions for each wait, and two more than others for the offer', () => {
    // Offer and HandoffVerdict once, then AwaitHandoff and HandoffVerdict for each answer.
    const path = [
      'Offer',
      'HandoffVerdict',
      'AwaitHandoff',
      'HandoffVerdict',
      'AwaitHandoff',
      'HandoffVerdict',
      'Publish',
    ];
    for (const [index, to] of path.slice(1).entries())
      expect(edges.some((edge) => edge.from === path[index] && edge.to === to && !edge.by.startsWith('catch'))).toBe(
        true,
      );
  });
});

describe('the functions that move handoffs', () => {
  test('are deployed as steps for skills that hand work over, and for no others', () => {
    const stepsOf = (name: string) => functions.filter(({ skill }) => skill === name).length;
    expect(stepsOf(handingSkill.name)).toBe(13);
    expect(stepsOf(tinySkill.name)).toBe(10);
    expect(stepFunctions(tinySkill).some(({ forHandoffs }) => forHandoffs)).toBe(false);
  });

  test('carry the protocol; others refuse it by name, and of skills without one nothing is carried', () => {
    const source = `defineSkill({ name: 'a', execute, loadConfiguration, handoff: protocol });`;
    expect(withoutParts(source, 'handoff', 'refuse')).toBe(
      `defineSkill({ name: 'a', execute: refuse('skills:engine'), loadConfiguration, handoff: protocol });`,
    );
    expect(withoutParts(source, 'engine', 'refuse')).toContain(`handoff: refuse('skills:handoff')`);
    const other = `defineSkill({ name: 'a', execute, loadConfiguration });`;
    expect(withoutParts(other, 'handoff', 'refuse')).toBe(withoutParts(other, 'declaration', 'refuse'));
  });
});
