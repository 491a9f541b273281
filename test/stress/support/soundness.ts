import { SFNClient } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { stepFunctionsStateMachines } from '../../../lib/platform/aws/state-machines.ts';
import { type EvidencePacket, evidencePacket } from '../../../lib/platform/evidence/packet-schema.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import type { LightHost } from './light-host.ts';
import { stressSkills } from './skills.ts';

/** Names of the synthesized state machines begin so; the skill's id follows. */
const MACHINES = 'arn:aws:states:eu-central-1:000000000000:stateMachine:countersign-dev-';

/** What is left of an execution for whoever looks at it later. */
export interface Traces {
  readonly packet: EvidencePacket;
  /** The states that its state machine entered, in order. */
  readonly visited: readonly string[];
  /** How often each kind of event was chained; mails may be sent, and so told, more than once. */
  readonly events: Readonly<Record<string, number>>;
}

/** The evidence packet; it must verify, chain and all. */
export async function soundEvidence(host: LightHost, executionId: string): Promise<EvidencePacket> {
  const packet = await host.client.evidence(executionId);
  const report = await verifyEvidence(packet, { skills: stressSkills, versions: engineVersions });
  expect(report.firstFailure, `evidence of ${executionId}`).toBeUndefined();
  return evidencePacket.parse(packet);
}

/** Everything that is left of an execution that has ended. */
export async function tracesOf(host: LightHost, executionId: string): Promise<Traces> {
  const packet = await soundEvidence(host, executionId);
  const skill = stressSkills.find(({ name }) => name === packet.record.skill);
  const client = new SFNClient({
    endpoint: host.states,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const journey = await stepFunctionsStateMachines(client, MACHINES).journey(skill?.id ?? '', executionId);
  client.destroy();
  const events: Record<string, number> = {};
  for (const { type } of packet.chain.events) if (!type.startsWith('mail-')) events[type] = (events[type] ?? 0) + 1;
  return { packet, visited: journey?.visited ?? [], events };
}

/** Every seat has one decision at most, and the chain holds exactly those. */
export function expectOneDecisionPerSeat({ packet }: Pick<Traces, 'packet'>): void {
  const decided = packet.stages.flatMap(({ stage, levels }) =>
    levels.flatMap(({ seats }) =>
      seats.flatMap(({ seatId, decision }) =>
        decision === undefined ? [] : [`${stage} ${seatId} ${decision.action}`],
      ),
    ),
  );
  const chained = packet.chain.events
    .filter(({ type }) => type === 'decision-recorded')
    .map(({ data }) => `${data.stage} ${data.seatId} ${data.action}`);
  expect(chained.toSorted()).toEqual(decided.toSorted());
  expect(new Set(chained.map((text) => text.split(' ').slice(0, 2).join(' '))).size).toBe(chained.length);
}
