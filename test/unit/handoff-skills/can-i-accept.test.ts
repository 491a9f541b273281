import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { canIAccept } from '../../../lib/engines/handoff/can-i-accept.ts';
import { loadHandoffPolicy } from '../../../lib/engines/handoff/policy/policy.ts';
import { NO_PODS, resultIn } from '../../support/skill-output.ts';
import { runHere } from '../cli/support/run-here.ts';
import { codesOf, decide, directoryOf, exampleOf, policyOf, support } from './player.ts';

type Draft = { [name: string]: Json };

/** The policy with another shift handover: 2.0.0, which the night shift has declared and the day shift has not. */
function withSecondMajor(): Draft {
  const policy = structuredClone(support.baselineConfiguration()) as Draft;
  const contracts = policy.contracts as Draft[];
  const shift = contracts.find(({ id, version }) => id === 'shift-handover' && version === '1.1.0')!;
  const consumers = [
    { id: 'night-shift', name: 'Night shift', accepts: ['1.x', '2.x'] },
    { id: 'day-shift', name: 'Day shift', accepts: ['1.x'] },
  ];
  return { ...policy, contracts: [...contracts, { ...shift, version: '2.0.0', consumers }] };
}

describe('the matrix of consumers and versions', () => {
  const policy = loadHandoffPolicy(withSecondMajor(), directoryOf(support));

  it('says of each consumer which versions it accepts, the newest first', () => {
    const { usable, cells } = canIAccept(policy);
    expect(usable.filter(({ contract }) => contract === 'shift-handover')).toEqual([
      { consumer: 'day-shift', contract: 'shift-handover', versions: ['1.1.0', '1.0.0'] },
      { consumer: 'night-shift', contract: 'shift-handover', versions: ['2.0.0', '1.1.0', '1.0.0'] },
    ]);
    expect(cells.find(({ consumer, version }) => consumer === 'day-shift' && version === '2.0.0')?.standing).toBe(
      'refuses',
    );
  });

  it('counts what is under way, and names what is stranded', () => {
    const flight = (consumer: string, version: string) => ({ contract: 'shift-handover', version, consumer });
    const flights = [
      flight('night-shift', '1.0.0'),
      flight('night-shift', '1.0.0'),
      flight('day-shift', '2.0.0'),
      flight('day-shift', '0.9.0'),
    ];
    const { cells, stranded } = canIAccept(policy, flights);
    expect(
      cells.find(
        ({ consumer, version, contract }) =>
          contract === 'shift-handover' && consumer === 'night-shift' && version === '1.0.0',
      )?.inFlight,
    ).toBe(2);
    expect(stranded).toEqual([flight('day-shift', '2.0.0'), flight('day-shift', '0.9.0')]);
  });

  it('agrees with what is offered: every version that is no "accepts" is refused', async () => {
    const { input } = exampleOf(support, '43').request as { input: Draft };
    for (const { consumer, version, standing } of canIAccept(policyOf(support)).cells.filter(
      ({ contract }) => contract === 'shift-handover',
    )) {
      const [sender, requester] =
        consumer === 'night-shift' ? ['day-shift', 'nadia.osei'] : ['night-shift', 'henrik.dahl'];
      const { queueLength: _, ...value } = (input.payload as { value: Draft }).value;
      const request = {
        ...input,
        contract: { id: 'shift-handover', version },
        sender: { party: sender },
        routing: { consumer },
        payload: { value },
      };
      expect([codesOf(await decide(support, request, requester!)).includes('version-not-accepted'), standing]).toEqual([
        false,
        'accepts',
      ]);
    }
    const day = {
      ...input,
      contract: { id: 'shift-handover', version: '2.0.0' },
      sender: { party: 'night-shift' },
      routing: { consumer: 'day-shift' },
    };
    const output = await support.execute({
      input: support.input.parse(day),
      configuration: policy,
      directory: directoryOf(support),
      requester: { personId: 'henrik.dahl' },
      instant: '2026-11-18T10:00:00.000Z',
      references: {},
      ...NO_PODS,
    });
    expect(codesOf(resultIn(output))).toContain('version-not-accepted');
  });
});

describe('countersign handoff can-i-accept', () => {
  it('prints the matrix of a skill, as lines and as JSON', async () => {
    const lines = await runHere(['handoff', 'can-i-accept', '--skill', 'u01994']);
    expect(lines.code).toBe(0);
    expect(lines.stdout).toMatch(/^incident-to-tier-2 +tier-2 +1\.1\.0 +yes$/m);
    const json = await runHere(['handoff', 'can-i-accept', '--skill', 'u01874', '--json']);
    expect((JSON.parse(json.stdout) as { usable: unknown }).usable).toContainEqual({
      consumer: 'publishing',
      contract: 'legal-to-publication',
      versions: ['1.1.0', '1.0.0'],
    });
  });

  it('reads a policy from a file, and ends with 1 when a consumer can be offered nothing', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'countersign-accept-')), 'policy.json');
    const policy = withSecondMajor();
    writeFileSync(file, JSON.stringify(policy));
    expect((await runHere(['handoff', 'can-i-accept', file])).code).toBe(0);
    const contracts = (policy.contracts as Draft[]).map((each) =>
      each.id === 'shift-handover'
        ? {
            ...each,
            consumers: [(each.consumers as Draft[])[0]!, { id: 'day-shift', name: 'Day shift', accepts: ['3.x'] }],
          }
        : each,
    );
    writeFileSync(file, JSON.stringify({ ...policy, contracts }));
    const none = await runHere(['handoff', 'can-i-accept', file]);
    expect(none.code).toBe(1);
    expect(none.stdout).toContain('Nothing can be offered to day-shift under shift-handover');
    expect((await runHere(['handoff', 'can-i-accept'])).code).toBe(2);
  });
});
