import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { approvalPlan } from '../../../lib/core/approval/plan.ts';
import { type Digest, digestOf } from '../../../lib/core/digest.ts';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { LoadedDirectory } from '../../../lib/core/directory/loaded.ts';
import { CountersignError } from '../../../lib/core/errors.ts';
import { addSeconds, type Instant } from '../../../lib/core/instant.ts';
import type { Json } from '../../../lib/core/json.ts';
import type { HandoffPolicy } from '../../../lib/engines/handoff/policy/policy.ts';
import type { HandoffFile } from '../../../lib/engines/handoff/protocol/handoff-document.ts';
import { handoffProtocol } from '../../../lib/engines/handoff/protocol/protocol.ts';
import type { ProtocolCase } from '../../../lib/engines/handoff/protocol/shapes.ts';
import type { ContractingRequest } from '../../../lib/engines/handoff/request/input.ts';
import type { HandoffPacket } from '../../../lib/platform/contracts/outputs.ts';
import { type Example, type ExampleHandoffStep, parseExample, valuesFor } from '../../../lib/platform/examples.ts';
import { permuteKeys } from '../../../lib/platform/executions/permute.ts';
import type { SkillDefinition } from '../../../lib/platform/skill/define-skill.ts';
import { shippedReferences } from '../../../lib/platform/skill/shipped-references.ts';
import type { SkillResult } from '../../../lib/platform/skill/skill-result.ts';
import { skill as support } from '../../../skills/handoff-contracting-for-customer-support-operations/skill.ts';
import { skill as marketing } from '../../../skills/handoff-contracting-for-marketing-and-storytelling/skill.ts';
import { NO_PODS, resultIn } from '../../support/skill-output.ts';

export { marketing, support };
export type ContractingSkill = SkillDefinition<ContractingRequest, HandoffPolicy>;

/** A Wednesday, 10:00 in Lisbon and 11:00 in Amsterdam. */
export const NOW: Instant = '2026-11-18T10:00:00.000Z';

const directories = new Map<string, LoadedDirectory>();
const policies = new Map<string, HandoffPolicy>();

export function directoryOf(skill: ContractingSkill): LoadedDirectory {
  const known = directories.get(skill.name) ?? loadDirectory(skill.referenceDirectory());
  directories.set(skill.name, known);
  return known;
}

export function policyOf(skill: ContractingSkill): HandoffPolicy {
  const known = policies.get(skill.name) ?? skill.loadConfiguration(skill.baselineConfiguration(), directoryOf(skill));
  policies.set(skill.name, known);
  return known;
}

/** The examples of a skill as they are played at an instant. */
export function examplesOf(
  skill: ContractingSkill,
  now: Instant = NOW,
): { readonly name: string; readonly example: Example }[] {
  const folder = fileURLToPath(new URL(`../../../skills/${skill.name}/examples/`, import.meta.url));
  return readdirSync(folder)
    .sort()
    .map((file) => ({
      name: file.replace('.json', ''),
      example: parseExample(JSON.parse(readFileSync(folder + file, 'utf8')), file, now),
    }));
}

export function exampleOf(skill: ContractingSkill, number: string, now: Instant = NOW): Example {
  const found = examplesOf(skill, now).find(({ name }) => name.startsWith(`${number}-`));
  if (found === undefined) throw new Error(`There is no example ${number}.`);
  return structuredClone(found.example);
}

/** What the skill decides, with every default of its input filled in. */
export async function decide(
  skill: ContractingSkill,
  input: unknown,
  requester: string,
  instant: Instant = NOW,
  handedOver?: Pick<HandoffPacket, 'accountId' | 'outcome' | 'handoff'>,
): Promise<SkillResult> {
  const parsed = skill.input.parse(input);
  const output = await skill.execute({
    input: parsed,
    configuration: policyOf(skill),
    directory: directoryOf(skill),
    requester: { personId: requester },
    instant,
    references: shippedReferences([skill], skill, parsed),
    ...(handedOver === undefined ? {} : { handedOver: handedOver as HandoffPacket }),
    ...NO_PODS,
  });
  return resultIn(output);
}

/** The same decision from ingredients that are written otherwise: every key in another order. */
export async function decideRewritten(
  skill: ContractingSkill,
  input: unknown,
  requester: string,
): Promise<SkillResult> {
  const directory = loadDirectory(permuteKeys(directoryOf(skill).snapshot));
  const parsed = skill.input.parse(permuteKeys(input));
  const output = await skill.execute({
    input: parsed,
    configuration: skill.loadConfiguration(permuteKeys(skill.baselineConfiguration()), directory),
    directory,
    requester: { personId: requester },
    instant: NOW,
    references: permuteKeys(shippedReferences([skill], skill, parsed)) as ReturnType<typeof shippedReferences>,
    ...NO_PODS,
  });
  return resultIn(output);
}

/** What the protocol sees of an execution that people approved, where they were asked. */
export function caseOf(
  skill: ContractingSkill,
  input: unknown,
  requester: string,
  result: SkillResult,
  instant: Instant = NOW,
): ProtocolCase {
  const approval = { terms: digestOf(result.terms), decisions: `sha256:${'f'.repeat(64)}` as Digest };
  return {
    executionId: 'ex-1',
    input: skill.input.parse(input),
    configuration: policyOf(skill),
    directory: directoryOf(skill),
    requester: { personId: requester },
    instant,
    result,
    ...(result.verdict === 'approve' ? { approval } : {}),
  };
}

/** A handoff under way in memory, with a clock that only moves when told. */
export class Walk {
  readonly file: ProtocolCase;
  document: Json;
  now: Instant;
  readonly artifacts: Json[] = [];
  #actions = 0;

  constructor(file: ProtocolCase, at: Instant = NOW) {
    this.file = file;
    this.now = at;
    this.document = handoffProtocol.open(file, at);
  }

  get next() {
    return handoffProtocol.next(this.file, this.document);
  }

  get state(): string {
    return this.next.state;
  }

  get handoff(): HandoffFile {
    return this.document as unknown as HandoffFile;
  }

  /** Somebody answers by the form, a minute later. What was stored comes back from its bytes. */
  answer(as: string, choice: string, values: Record<string, string> = {}, id?: string) {
    const next = this.next;
    if (!('part' in next)) throw new Error(`It has ended as ${next.state}.`);
    if (!next.people.includes(as)) throw new Error(`${as} is not asked, but ${next.people.join(', ')}.`);
    const filled = valuesFor(values, this.handoff.handoff.id);
    const fields = next.choices.find((each) => each.choice === choice)?.fields ?? [];
    const strange = Object.keys(filled).filter(
      (name) => !fields.includes(name) || !next.fields.some((field) => field.name === name),
    );
    if (strange.length > 0) throw new Error(`The form has no field ${strange.join(', ')}.`);
    return this.#did(
      handoffProtocol.act(this.file, this.document, { ...this.#stamp(next.part, as, id), choice, values: filled }),
    );
  }

  /** Somebody sends an event, a minute later. */
  send(part: 'sender' | 'receiver' | 'customer' | 'oversight', by: string, event: object, id?: string) {
    return this.#did(handoffProtocol.take(this.file, this.document, event, this.#stamp(part, by, id)));
  }

  /** Time passes until the clock of the wait has run out. */
  miss(): void {
    const next = this.next;
    if (!('dueAt' in next)) throw new Error(`It has ended as ${next.state}.`);
    this.now = next.dueAt > this.now ? next.dueAt : this.now;
    this.document = JSON.parse(JSON.stringify(handoffProtocol.miss(this.file, this.document, this.now))) as Json;
  }

  #stamp(part: 'sender' | 'receiver' | 'customer' | 'oversight' | 'system', by: string, id?: string) {
    this.#actions += 1;
    this.now = addSeconds(this.now, 60);
    return { id: id ?? `a-${this.#actions}`, at: this.now, by: { part, id: by } };
  }

  #did(acted: ReturnType<typeof handoffProtocol.act>) {
    this.document = JSON.parse(JSON.stringify(acted.document)) as Json;
    this.artifacts.push(...acted.artifacts);
    return acted.refused;
  }

  play(steps: readonly ExampleHandoffStep[]): void {
    for (const [index, step] of steps.entries()) {
      if ('missClock' in step) {
        this.miss();
        continue;
      }
      const refused =
        'as' in step
          ? this.answer(step.as, step.choice, step.values)
          : this.send(partOf(this, step.by), step.by, step.event);
      if ((refused !== undefined) !== (step.refused === true))
        throw new Error(`Step ${index + 1}: ${JSON.stringify(refused)}`);
    }
  }
}

function partOf(walk: Walk, who: string) {
  const [part] = handoffProtocol.partsOf(walk.file, walk.document, who);
  if (part === undefined || part === 'system') throw new Error(`${who} has no part.`);
  return part;
}

/** The packet of the platform for a handoff that ended. */
export function handedOver(walk: Walk): Pick<HandoffPacket, 'accountId' | 'outcome' | 'handoff'> {
  const { next } = walk;
  if (!('outcome' in next)) throw new Error(`It waits as ${next.state}.`);
  return {
    accountId: walk.handoff.handoff.thread,
    outcome: next.outcome,
    handoff: { document: digestOf(walk.document), state: next.state },
  };
}

/** The codes of why something was blocked. */
export const codesOf = ({ reasons }: Pick<SkillResult, 'reasons'>): string[] => reasons.map(({ code }) => code);

/** The error that something throws. */
export function thrownBy(run: () => unknown): CountersignError {
  try {
    run();
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
  throw new Error('It throws nothing.');
}

/** A plan as `level approver,approver`. */
export function planOf({ plan }: SkillResult): string[] {
  if (plan !== undefined) approvalPlan.parse(plan);
  return (
    plan?.stages.flatMap(({ levels }) =>
      levels.map(({ levelId, seats }) => `${levelId} ${seats.map(({ approver }) => approver).join(',')}`),
    ) ?? []
  );
}

/** Whether an execution goes on to hand something over. */
export const handoffsOver = (result: SkillResult): boolean => handoffProtocol.handsOver(result);
