import * as z from 'zod';
import type { Problem } from '../../core/errors.ts';
import { type Instant, instant } from '../../core/instant.ts';
import { type Json, pointer } from '../../core/json.ts';
import { problemsOfZodError } from '../../core/zod-problems.ts';
import type { ContractDocument } from './contract-document.ts';
import type { EvidenceReference } from './packet.ts';
import { valueAt } from './payload.ts';
import { digest, id, instantText } from './words.ts';

/** Where a marketing payload says how it is published. */
export const PUBLICATION = '/publication';

/** What a marketing payload must say of its publication. */
export const publicationStatement = z.strictObject({
  channel: id,
  publishAt: instantText,
  embargoUntil: instantText.optional(),
  /** Every statement that somebody could ask proof of, each with the evidence that proves it. */
  claims: z
    .array(z.strictObject({ id, says: z.string().min(1).max(600), substantiation: z.array(id).max(20) }))
    .max(100),
  /** Everything that is shown and may belong to somebody, each with the rights to show it. */
  assets: z
    .array(
      z.strictObject({
        id,
        digest,
        /** Where people can look at it; what they approve is the digest. */
        url: z
          .url({ protocol: /^https$/ })
          .max(400)
          .optional(),
        rights: z
          .array(
            z.strictObject({
              evidence: id,
              from: instantText.optional(),
              until: instantText.optional(),
              /** Channels in which it may be shown; none named means all. */
              channels: z.array(id).default([]),
            }),
          )
          .max(20),
      }),
    )
    .max(100),
  disclosures: z.array(id).max(40),
});
export type PublicationStatement = z.infer<typeof publicationStatement>;

type Asset = PublicationStatement['assets'][number];
type Claim = PublicationStatement['claims'][number];
type ById = ReadonlyMap<string, EvidenceReference>;

/** Evidence that proves nothing at the time of publication, and why. */
function unproving(evidence: EvidenceReference | undefined, publishAt: Instant): [string, string, string] | undefined {
  if (evidence === undefined) {
    return ['evidence-not-in-packet', 'names evidence that the packet does not hold', 'Add it to the packet.'];
  }
  if (evidence.issuedAt >= publishAt) {
    return [
      'substantiated-too-late',
      'rests on evidence that is not dated before publication',
      'Publish later, or prove it by older evidence.',
    ];
  }
  if (evidence.expiresAt !== undefined && evidence.expiresAt <= publishAt) {
    return ['evidence-expired', 'rests on evidence that has expired at publication', 'Renew the evidence.'];
  }
  return undefined;
}

function claimProblems({ id: claimId, substantiation }: Claim, at: string, publishAt: Instant, held: ById): Problem[] {
  if (substantiation.length === 0) {
    const message = `The claim "${claimId}" has no substantiation.`;
    return [
      {
        pointer: `${at}/substantiation`,
        code: 'claim-unsubstantiated',
        message,
        mend: 'Name evidence, or drop the claim.',
      },
    ];
  }
  return substantiation.flatMap((name, index) => {
    const fault = unproving(held.get(name), publishAt);
    if (fault === undefined) return [];
    const [code, says, mend] = fault;
    return [{ pointer: pointer(at, 'substantiation', index), code, message: `The claim "${claimId}" ${says}.`, mend }];
  });
}

function assetProblems(
  { id: assetId, rights }: Asset,
  at: string,
  { publishAt, channel }: PublicationStatement,
  held: ById,
): Problem[] {
  const usable = rights.filter(({ evidence, from, until, channels }) => {
    if (unproving(held.get(evidence), publishAt) !== undefined) return false;
    if ((from !== undefined && from > publishAt) || (until !== undefined && until <= publishAt)) return false;
    return channels.length === 0 || channels.includes(channel);
  });
  if (usable.length > 0) return [];
  const message = `No right to show the asset "${assetId}" in "${channel}" is proved for the time of publication.`;
  const mend = 'Add a right with its evidence, dated before publication, in force then, for this channel.';
  return [{ pointer: pointer(at, 'rights'), code: 'rights-missing', message, mend }];
}

/**
 * What keeps a marketing payload from being published: claims without substantiation dated before publication, assets without
 * rights, disclosures that the channel demands, an embargo, a time that has passed.
 * @param at the instant of the check.
 * @returns problems by JSON Pointer into the payload.
 */
export function checkPublication(
  rules: NonNullable<ContractDocument['publication']>,
  payload: Json,
  evidence: readonly EvidenceReference[],
  at: Instant,
): Problem[] {
  const stated = valueAt(payload, PUBLICATION);
  if (stated === undefined) {
    const message = 'The payload does not say how it is published.';
    return [
      {
        pointer: PUBLICATION,
        code: 'missing-field',
        message,
        mend: 'State channel, time, claims, assets and disclosures.',
      },
    ];
  }
  const parsed = publicationStatement.safeParse(stated);
  if (!parsed.success) return problemsOfZodError(parsed.error, PUBLICATION);
  const statement = parsed.data;
  const { channel, publishAt, embargoUntil, claims, assets, disclosures } = statement;
  const held = new Map(evidence.map((each) => [each.id, each]));
  const missing = (rules.disclosures[channel] ?? []).filter((name) => !disclosures.includes(name));
  return [
    ...claims.flatMap((claim, i) => claimProblems(claim, pointer(PUBLICATION, 'claims', i), publishAt, held)),
    ...assets.flatMap((asset, i) => assetProblems(asset, pointer(PUBLICATION, 'assets', i), statement, held)),
    ...missing.map((name) => ({
      pointer: `${PUBLICATION}/disclosures`,
      code: 'disclosure-missing',
      message: `The channel "${channel}" demands the disclosure "${name}".`,
      mend: `Add "${name}".`,
    })),
    ...(embargoUntil !== undefined && publishAt < embargoUntil
      ? [
          {
            pointer: `${PUBLICATION}/publishAt`,
            code: 'under-embargo',
            message: 'It would be published before its embargo ends.',
            mend: 'Publish at the end of the embargo or later.',
          },
        ]
      : []),
    ...(publishAt < instant(at)
      ? [
          {
            pointer: `${PUBLICATION}/publishAt`,
            code: 'publication-in-the-past',
            message: 'The time of publication has passed.',
            mend: 'Give a time that is to come.',
          },
        ]
      : []),
  ];
}
