import { CountersignError, describeProblems, InvalidInput } from '../../core/errors.ts';
import { parseWith, problemsOfZodError } from '../../core/zod-problems.ts';
import { type SignatureCheck, signatureCheck } from '../audit/signer.ts';
import { firstDifference } from '../executions/first-difference.ts';
import { verifyEnvelope } from './dsse.ts';
import { type EndingStatement, endingStatement, endingStatementOf } from './ending-statement.ts';
import { documentOf, type Finding, recordIn, same } from './finding.ts';
import type { EvidencePacket } from './packet-schema.ts';
import { STATEMENT_TYPE } from './statement.ts';
import { statementKey } from './statement-key.ts';

/** What checking a statement came to. */
export interface StatementFinding {
  /** `incomplete`: it is missing. `unknown-key`: it holds, by a key that nobody vouched for. */
  readonly result: 'pass' | 'fail' | 'incomplete' | 'unknown-key';
  readonly detail: string;
}

const ENVELOPE_PROBLEMS = {
  malformed: 'The statement is no DSSE envelope.',
  'other-type': `The envelope holds something else than ${STATEMENT_TYPE}.`,
  'wrong-signature': 'The signature does not hold for what the statement says.',
} as const;

const failed = (detail: string): StatementFinding => ({ result: 'fail', detail });

/**
 * The key that lies beside the statement.
 * @throws InvalidInput when it is none, or not the one that it is said to be.
 */
function keyBeside(packet: EvidencePacket): SignatureCheck {
  const stated = parseWith<ReturnType<typeof statementKey.parse>>(
    statementKey,
    documentOf(packet, 'statement-key'),
    'The key beside the statement',
  );
  const key = signatureCheck(stated.publicKey);
  if (key.keyId !== stated.keyId || key.algorithm !== stated.algorithm)
    throw new InvalidInput('The key beside the statement is not the one that it is said to be.');
  return key;
}

function readStatement(payload: Uint8Array): EndingStatement | string {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return 'What was signed is no JSON document.';
  }
  const parsed = endingStatement.safeParse(document);
  if (parsed.success) return parsed.data;
  return `What was signed is no statement about an end. ${describeProblems(problemsOfZodError(parsed.error))}`;
}

/** The packet extends the chain that was signed, and says what was signed. */
function contradictionOf(packet: EvidencePacket, statement: EndingStatement): Finding {
  const { executionId, chain } = statement.predicate;
  if (executionId !== packet.executionId) return `The statement is about another execution, ${executionId}.`;
  const { events } = packet.chain;
  if (events.length < chain.length)
    return `The chain has ${events.length} events and had ${chain.length} when its end was signed: its end was cut off.`;
  if (events[chain.length - 1]?.digest !== chain.head)
    return `Event ${chain.length} is not the one that the chain ended with when it was signed.`;
  const expected = endingStatementOf(recordIn(packet), events.slice(0, chain.length));
  if (same(statement, expected ?? null)) return undefined;
  return `The packet contradicts the signed statement, first at "${firstDifference(statement, expected) ?? ''}".`;
}

/**
 * The statement that was signed when the execution ended: its signature holds, its subjects are the documents of this packet,
 * and the chain extends the signed head. An execution that has not ended has none.
 * @param trusted keys that the verifier brought along; without any, the key beside the statement is used, and the result says
 * that nobody vouched for it.
 */
export function checkStatement(packet: EvidencePacket, trusted: readonly SignatureCheck[]): StatementFinding {
  const { statement: reference, outcome } = packet.record;
  if (outcome === undefined)
    return reference === undefined
      ? { result: 'pass', detail: 'The execution has not ended, so there is no statement about its end.' }
      : failed('There is a statement about the end of an execution that has not ended.');
  if (reference === undefined)
    return {
      result: 'incomplete',
      detail:
        'The execution has ended, and the signed statement about its end is missing: it is still owed, or was left out.',
    };
  try {
    const beside = keyBeside(packet);
    const checked = verifyEnvelope(
      documentOf(packet, 'statement'),
      STATEMENT_TYPE,
      trusted.length === 0 ? [beside] : trusted,
    );
    if (!checked.ok && checked.problem !== 'unknown-key') return failed(ENVELOPE_PROBLEMS[checked.problem]);
    if (!checked.ok)
      return failed(
        trusted.length === 0
          ? 'The statement was not signed with the key beside it.'
          : `The statement was not signed with a key that was given, but, as it says, with ${beside.keyId}.`,
      );
    if (checked.signedBy.keyId !== beside.keyId)
      return failed('The key beside the statement is not the one that signed it.');
    const statement = readStatement(checked.payload);
    const contradiction = typeof statement === 'string' ? statement : contradictionOf(packet, statement);
    if (contradiction !== undefined) return failed(contradiction);
    return trusted.length > 0
      ? { result: 'pass', detail: `Verified: signed with the given key ${beside.keyId}.` }
      : {
          result: 'unknown-key',
          detail: `Signed by an unknown key, ${beside.keyId}: the signature holds, but nobody here vouches for the key. Give it with --key.`,
        };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return failed(error.message);
  }
}
