import { loadDirectory } from '../../core/directory/load.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { parseStoredRequest } from '../executions/context.ts';
import { caseOf } from '../handoffs/file.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { HandoffDocument, HandoffProtocol } from '../skill/handoff-protocol.ts';
import { documentOf, type Finding, recordIn, referencesIn, requestIn, resultOf, same, stagesIn } from './finding.ts';
import type { EvidencePacket } from './packet-schema.ts';

/** What the chain says of the handoff's end, or `undefined`. */
function settledIn({ chain }: EvidencePacket) {
  return chain.events.find(({ type }) => type === 'handoff-settled')?.data;
}

/** Whether the handoff of an execution ended with an outcome, by what the chain says. */
export function handoffEndedAs(packet: EvidencePacket, outcome: string): boolean {
  return settledIn(packet)?.outcome === outcome;
}

/** Record, chain and outputs tell the same handoff. */
export function checkHandoff(packet: EvidencePacket): Finding {
  const { record } = packet;
  if (record.handoff === undefined)
    return record.handsOver === true && record.outcome === 'published'
      ? 'It was published, and hands work over, but offered no handoff.'
      : undefined;
  const settled = settledIn(packet);
  if (settled?.state !== record.handoff.state)
    return `The record says that the handoff ended as ${record.handoff.state}; the chain does not.`;
  if (record.outcome === 'published' && settled.outcome !== 'published')
    return `It was published although its handoff ended as ${settled.outcome}.`;
  const packetOut = documentOf(packet, 'handoff-packet') as { handoff?: unknown } | undefined;
  const { document, state } = record.handoff;
  return same(packetOut?.handoff, { document, state }) ? undefined : 'The handoff packet names another handoff.';
}

/** What the protocol may see, out of a packet. */
function caseIn(packet: EvidencePacket, skill: AnySkill) {
  const request = parseStoredRequest(requestIn(packet));
  const result = resultOf(packet);
  const context = {
    skill,
    request,
    input: parseWith(skill.input, request.input, 'The input', '/input'),
    configurationDocument: documentOf(packet, 'configuration'),
    directory: loadDirectory(documentOf(packet, 'directory')),
    references: referencesIn(packet),
    ...(result === undefined ? {} : { result }),
  };
  return caseOf(context, recordIn(packet), stagesIn(packet));
}

/**
 * The handoff once more, from the documents in its packet alone: its history replayed by its own protocol, its end, and each of its
 * transitions in the chain.
 * @throws whatever the protocol throws where the document is none of its own.
 */
export function replayHandoff(packet: EvidencePacket, skill: AnySkill, protocol: HandoffProtocol): Finding {
  const file = caseIn(packet, skill);
  const document = documentOf(packet, 'handoff') as HandoffDocument;
  const [reason] = protocol.verify?.(file, document) ?? [];
  if (reason !== undefined) return `${reason.code}: ${reason.message}`;
  const settled = settledIn(packet);
  const next = protocol.next(file, document);
  // Where a fault broke the execution off, and its protocol could not be asked, the document stays as it was.
  const brokenOff = settled?.outcome === 'rolled-back';
  const isEnd = 'outcome' in next;
  if (!isEnd && !brokenOff) return 'The handoff has not ended, by its own history.';
  if (isEnd && !(next.state === settled?.state && next.outcome === settled?.outcome))
    return `By its own history the handoff ended as ${next.state} (${next.outcome}), not as the chain says.`;
  const moved = packet.chain.events.filter(({ type }) => type === 'handoff-moved');
  const { history } = protocol.view(file, document, packet.record.concludedAt ?? packet.record.updatedAt);
  const events = protocol.events?.(file, document);
  const told = history.map((entry, index) => ({
    eventId: `handoff.${index + 1}`,
    at: entry.at,
    actor: entry.by,
    data: events?.[index] ?? { event: entry.event, to: entry.to },
  }));
  const chained = moved
    .map(({ eventId, at, actor, data }) => ({ eventId, at, actor, data }))
    .toSorted((a, b) => numberOf(a.eventId) - numberOf(b.eventId));
  return same(told, chained) ? undefined : 'The transitions in the chain are not those of the handoff.';
}

const numberOf = (eventId: string): number => Number(eventId.split('.').at(-1));
