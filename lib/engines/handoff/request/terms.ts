import type { Terms, TermsLine } from '../../../core/approval/terms.ts';
import { formatLocal } from '../../../core/calendar/business-time.ts';
import { canonicalJson } from '../../../core/digest.ts';
import type { Json } from '../../../core/json.ts';
import { PUBLICATION, type PublicationStatement, publicationStatement } from '../claims.ts';
import { contentDigest } from '../content-digest.ts';
import type { Contract } from '../contract.ts';
import type { Packet } from '../packet.ts';
import { type Payload, valueAt } from '../payload.ts';
import { safeFacts } from './facts.ts';
import { clip } from './result.ts';

/** A page holds 60 lines; each part has its share, and says how many more there are. */
const MOST = { content: 12, claims: 14, assets: 12, facts: 12, evidence: 10 };

function line(label: string, value: string, differs = false, policy?: string): TermsLine {
  return {
    label: clip(label, 80),
    value: clip(value, 400),
    ...(policy === undefined ? {} : { policy: clip(policy, 400) }),
    differs,
  };
}

function limited<T>(items: readonly T[], most: number, write: (item: T) => TermsLine, noun: string): TermsLine[] {
  const hidden = items.length - most;
  return [
    ...items.slice(0, most).map(write),
    ...(hidden > 0 ? [line(`More ${noun}`, `${hidden} more, in the execution’s artifact`, true)] : []),
  ];
}

const plain = (value: Json | undefined): string =>
  typeof value === 'string'
    ? value.replaceAll(/\s+/g, ' ').trim()
    : Array.isArray(value)
      ? value.map(plain).join(' ')
      : value === undefined
        ? ''
        : canonicalJson(value);

/** What people read of a publication: the content itself, each claim with its proof, each asset with its digest and where to look at it. */
function publicationLines({ document }: Contract, payload: Json, { evidence }: Packet, zone: string): TermsLine[] {
  const { publication } = document;
  const parsed = publicationStatement.safeParse(valueAt(payload, PUBLICATION));
  if (publication === undefined || !parsed.success) return [];
  const stated: PublicationStatement = parsed.data;
  const proofOf = (id: string): string => {
    const found = evidence.find((each) => each.id === id);
    return found === undefined
      ? `${id} (not in the packet)`
      : `${found.type} of ${found.issuer}, ${found.issuedAt.slice(0, 10)}, ${found.digest.slice(0, 19)}`;
  };
  return [
    line('Content digest', contentDigest(publication, payload)),
    ...limited(
      publication.content,
      MOST.content,
      (at) => line(`Content ${at}`, plain(valueAt(payload, at))),
      'content',
    ),
    line('Channel', stated.channel),
    line('Published at', formatLocal(stated.publishAt, zone)),
    ...(stated.embargoUntil === undefined ? [] : [line('Embargo until', formatLocal(stated.embargoUntil, zone))]),
    line('Disclosures', stated.disclosures.length === 0 ? 'none' : stated.disclosures.join(', ')),
    ...limited(
      stated.claims,
      MOST.claims,
      ({ id, says, substantiation }) =>
        line(`Claim ${id}`, says, true, `proved by ${substantiation.map(proofOf).join('; ')}`),
      'claims',
    ),
    ...limited(
      stated.assets,
      MOST.assets,
      ({ id, digest, url, rights }) =>
        line(
          `Asset ${id}`,
          [url, digest].filter(Boolean).join(' '),
          false,
          `rights: ${rights.map(({ evidence: of }) => proofOf(of)).join('; ')}`,
        ),
      'assets',
    ),
  ];
}

export interface HandOverTermsFacts {
  readonly contract: Contract;
  readonly packet: Packet;
  readonly payload: Payload | undefined;
  readonly requesterName: string;
  readonly partyName: (id: string) => string;
}

/**
 * What approvers of a packet read. Of a publication they see the content, and its digest stands for it: formatting that nobody
 * sees makes no other terms. Of any other payload they see its digest and the facts that name nobody.
 */
export function handOverTerms({ contract, packet, payload, requesterName, partyName }: HandOverTermsFacts): Terms {
  const { document } = contract;
  const { routing, risk, sender } = packet;
  const zone = document.calendar.timeZone;
  const isPublication = document.publication !== undefined;
  const evidence = packet.evidence.map(({ id, type, issuer, issuedAt }) => ({
    id,
    text: `${type} of ${issuer}, ${issuedAt.slice(0, 10)}`,
  }));
  return {
    schema: 'countersign/terms/1',
    kind: 'Handoff',
    accountName: clip(packet.thread, 200),
    requesterName,
    summary: clip(`${document.name}: ${partyName(sender.party)} hands over to ${partyName(routing.consumer)}.`, 300),
    lines: [
      line('Contract', `${document.name} ${document.version}`),
      line('From and to', `${partyName(sender.party)} to ${partyName(routing.consumer)}`),
      ...(payload === undefined
        ? []
        : isPublication
          ? publicationLines(contract, payload.value, packet, zone)
          : [
              line('Payload', payload.digest),
              ...limited(
                safeFacts(contract, payload.value),
                MOST.facts,
                ({ label, value }) => line(label, value),
                'facts',
              ),
            ]),
      ...limited(evidence, MOST.evidence, ({ id, text }) => line(`Evidence ${id}`, text), 'evidence'),
      line('Risk', String(risk), risk >= 50),
    ],
  };
}
