import { Ajv2020 } from 'ajv/dist/2020.js';
import { canonicalJson } from '../../lib/core/digest.ts';
import type { Json } from '../../lib/core/json.ts';
import { packetDigest, parsePacket } from '../../lib/engines/handoff/packet.ts';
import { sealPayload } from '../../lib/engines/handoff/payload.ts';
import { askedForPacket, seat } from '../../lib/engines/handoff/policy/seat.ts';
import { type Readiness, scoreReadiness } from '../../lib/engines/handoff/readiness.ts';
import { readinessFacts } from '../../lib/engines/handoff/request/facts.ts';
import { type Validation, validatePacket } from '../../lib/engines/handoff/validate-packet.ts';
import { AT, payloadSchema, type Setting, type Subject, setting, subjects } from './handoff/subject.ts';
import { type Figures, type Measure, WrongResult } from './support/benchmark.ts';
import { type Contender, interleaveBoth } from './support/interleave.ts';
import { seeded } from './support/random.ts';
import { rounded } from './support/statistics.ts';

const SEED = 20_261_121;
/** The risk from which on the policy asks an incident manager; the packets state less. */
const RISK_THAT_ASKS = 80;
const WARM = 30_000;

interface Judged {
  readonly validation: Validation;
  readonly readiness: Readiness;
  /** Levels of approvers to ask, and seats in their plan. */
  readonly levels: number;
  readonly seats: number;
}

/** Gates, readiness and route of a packet: everything that is decided about it once it has been read. */
function judge(
  { contract, policy, directory, requester }: Setting,
  { packet, payload }: Subject,
  risk: number,
): Judged {
  const validation = validatePacket(contract, packet, payload, AT);
  const facts = readinessFacts(contract, packet, { policy, directory, at: AT });
  const readiness = scoreReadiness(contract, packet, validation, facts);
  const asked = askedForPacket(policy, contract.document, risk);
  const plan = asked.size === 0 ? undefined : seat({ policy, asked, directory, requester, at: AT }).plan;
  const seats = plan?.stages.flatMap(({ levels }) => levels.flatMap((level) => level.seats)) ?? [];
  return { validation, readiness, levels: asked.size, seats: seats.length };
}

/** The same value with the keys of every object the other way round. */
function reversed(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, each]) => [name, reversed(each)]),
  );
}

/** A payload that breaks its schema in three places. */
function broken(value: Json): Json {
  const { ticket: _, ...rest } = value as { readonly [name: string]: Json };
  return { ...rest, severity: 'dire', steps: 51 };
}

/**
 * Holds what is measured against what is right: each packet passes, is ready and goes to its consumer; its broken twin is refused at
 * the very places that the validator names; canonical forms do not depend on the order of keys.
 * @throws WrongResult
 */
function agreement(here: Setting, all: readonly Subject[], validates: (value: unknown) => readonly string[]): number {
  let agreed = 0;
  const hold = (right: boolean, what: string): void => {
    if (!right) throw new WrongResult(what);
    agreed += 1;
  };
  for (const subject of all) {
    const { packet, payload } = subject;
    const plain = judge(here, subject, packet.risk);
    const { score, ready, packet: scored } = plain.readiness;
    const fresh = packet.evidence.every(({ issuedAt }) => issuedAt > '2026-11-17');
    hold(
      plain.validation.passed && validates(payload.value).length === 0,
      `${packet.handoff} does not pass its gates.`,
    );
    // Everything is there; a stale log costs half of the 25 points for evidence.
    hold(ready && score === (fresh ? 100 : 87), `${packet.handoff} is worth ${score} points.`);
    hold(scored === packetDigest({ ...packet }), `${packet.handoff} is scored as another packet.`);
    hold(plain.levels === 0, `${packet.handoff} asks somebody.`);
    const asking = judge(here, subject, RISK_THAT_ASKS);
    hold(asking.levels === 1 && asking.seats > 0, `Nobody can approve ${packet.handoff}.`);
    const bad = sealPayload(broken(payload.value));
    const { gates } = judge(
      here,
      { payload: bad, packet: parsePacket({ ...packet, payload: { digest: bad.digest, salted: false } }) },
      packet.risk,
    ).validation;
    const found = gates.flatMap(({ problems }) => problems.map(({ pointer }) => pointer)).sort();
    const wanted = validates(bad.value).map((at) => `/payload/value${at}`);
    hold(wanted.length === 3 && found.join() === wanted.sort().join(), `${packet.handoff}: ${found} is not ${wanted}.`);
    const text = canonicalJson(payload.value);
    hold(text === canonicalJson(reversed(payload.value)) && text === JSON.stringify(JSON.parse(text)), 'JCS differs.');
  }
  return agreed;
}

/** A contender that does something with each packet, so many times. */
function each(all: readonly Subject[], passes: number, work: (subject: Subject) => number): Contender {
  return () => {
    let sum = 0;
    for (let pass = 0; pass < passes; pass += 1) for (const subject of all) sum += work(subject);
    return sum;
  };
}

/**
 * Microseconds that a packet of 4 KB takes: its validator alone (ajv, every error, the same schema and payload), and everything that
 * is decided about it: gates, readiness, route. Reading it (schema of the packet, canonical form, digests) is done once when it
 * comes in, and measured beside it.
 */
export const measureHandoff: Measure = async ({ quick, count = quick ? 50 : 500, onProgress }) => {
  const here = setting();
  const all = subjects(seeded(SEED), here, count);
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
  const validate = ajv.compile(payloadSchema);
  const validates = (value: unknown): string[] =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, params }) =>
          typeof params.missingProperty === 'string' ? `${instancePath}/${params.missingProperty}` : instancePath,
        );
  onProgress(`Holding what is decided about ${count} packets against what is right ...`);
  const agreed = agreement(here, all, validates);
  // The compiler takes some ten thousand packets to come to rest; functions in service have seen them.
  const warm = each(
    all,
    Math.ceil(WARM / count),
    (subject) => judge(here, subject, subject.packet.risk).readiness.score,
  );
  await warm();
  const [rounds, passes] = quick ? [5, Math.ceil(2_000 / count)] : [15, Math.ceil(20_000 / count)];
  const took = await interleaveBoth(
    {
      ajv: each(all, passes, ({ payload }) => (validate(payload.value) ? 1 : 0)),
      validateScoreRoute: each(all, passes, (subject) => judge(here, subject, subject.packet.risk).readiness.score),
      seatingApprovers: each(all, passes, (subject) => judge(here, subject, RISK_THAT_ASKS).seats),
      readPacket: each(all, passes, ({ packet, payload }) => {
        const sealed = sealPayload(payload.value);
        return packetDigest(parsePacket(packet)).length + sealed.bytes;
      }),
      canonicalJson: each(all, passes, ({ payload }) => canonicalJson(payload.value).length),
      jsonStringify: each(all, passes, ({ payload }) => JSON.stringify(payload.value).length),
    },
    rounds,
    (round) => onProgress(round === 0 ? 'Warming up ...' : `Round ${round} of ${rounds} ...`),
  );
  const packets = count * passes;
  const names = Object.keys(took) as (keyof typeof took)[];
  const microseconds = (name: keyof typeof took): number => (took[name].cpuMilliseconds * 1_000) / packets;
  const figures: Figures = Object.fromEntries(
    names.map((name) => [
      name,
      {
        cpuMicroseconds: rounded(microseconds(name)),
        wallMicroseconds: rounded((took[name].milliseconds * 1_000) / packets),
        perCpuSecond: Math.round(1_000_000 / microseconds(name)),
      },
    ]),
  );
  const bytes = all.reduce((sum, { payload }) => sum + payload.bytes, 0) / all.length;
  // By the processor's time: other work on the machine does not take part in it.
  const ratio = (name: keyof typeof took, to: keyof typeof took) => rounded(microseconds(name) / microseconds(to));
  return {
    figures: { ...figures, payload: { bytes: Math.round(bytes) } },
    ratios: {
      validateScoreRouteToAjv: ratio('validateScoreRoute', 'ajv'),
      seatingApproversToAjv: ratio('seatingApprovers', 'ajv'),
      canonicalJsonToJsonStringify: ratio('canonicalJson', 'jsonStringify'),
    },
    agreed,
  };
};
