import { type Digest, digestOf } from '../../core/digest.ts';
import type { Json } from '../../core/json.ts';
import { PUBLICATION } from './claims.ts';
import type { ContractDocument } from './contract-document.ts';
import { valueAt } from './payload.ts';

/**
 * Text as readers see it: Unicode NFC, any run of white space is one space, none at the ends. Letters, case, punctuation and
 * invisible characters that are not white space stay: whoever changes them changes the content.
 */
function canonicalText(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
}

function canonical(value: Json): Json {
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.entries(value as { [key: string]: Json }).map(([name, each]) => [name, canonical(each)]),
  );
}

/**
 * The digest of what people approve: the content at the contract's places, and all that is said of its publication (channel,
 * time, claims, rights, disclosures). Formatting and the order of keys make no difference; a change of text, of an asset's digest
 * or of the order of a list does. Approvals are bound to it, so that an edit that changes nothing leaves them standing.
 */
export function contentDigest(publication: NonNullable<ContractDocument['publication']>, payload: Json): Digest {
  const places = [...new Set([...publication.content, PUBLICATION])].sort();
  const content = places.flatMap((at): Json[] => {
    const value = valueAt(payload, at);
    return value === undefined ? [] : [[at, canonical(value)]];
  });
  return digestOf(content);
}
