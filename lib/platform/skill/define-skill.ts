import type * as z from 'zod';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import type { Json } from '../../core/json.ts';
import type { AcceptanceCriterion, Consumer } from '../contracts/envelope.ts';
import type { HandoffPacket } from '../contracts/outputs.ts';
import type { HandoffProtocol, WorkRule } from './handoff-protocol.ts';
import { checkPodSolving, type PodSolving, type PodsWanted } from './pods.ts';
import { checkPostureThresholds, defaultPostureThresholds, type PostureThresholds } from './posture-thresholds.ts';
import type { PublicationEffect } from './publication.ts';
import type { References } from './reference.ts';
import type { Reason, SkillResult } from './skill-result.ts';

/** What a skill's `execute` may see; nothing else reaches it. */
export interface SkillContext<Input, Configuration> {
  readonly input: Input;
  readonly configuration: Configuration;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
  /** Baselines of the other skills that the input refers to; empty where the skill declares none. */
  readonly references: References;
  /** The packet of the execution that led here, where there is one; its gate context was checked. */
  readonly handedOver?: HandoffPacket;
  /** What a pod answered to this work; nothing while it is not solved, and then the work is to be wanted. */
  readonly solved: (work: Json) => Json | undefined;
}

/** What a skill's `execute` returns: its result, or the pods that it needs first, which only skills with `pods` may. */
export type SkillOutput = SkillResult | PodsWanted;

/** A result with what it was made of, to be held against constraints. */
export interface CheckedResult<Input, Configuration> {
  readonly input: Input;
  readonly configuration: Configuration;
  readonly result: SkillResult;
  readonly instant: Instant;
}

/** See `SkillDefinition.needs`. */
export type SkillNeed = 'yaml' | 'solver' | 'optimizer';

/** A measurable outcome of a skill: where it started and where it should go. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly baseline: number;
  readonly target: number;
}

/** A guardrail and the action that it triggers, in the catalogue's notation. */
export interface Guardrail {
  readonly kind: 'quality' | 'reliability' | 'cost';
  readonly statement: string;
  readonly action: string;
}

/** Everything that Countersign must know of a skill: one folder declares it, nothing else names it. */
export interface SkillDefinition<Input = unknown, Configuration = unknown> {
  /** The folder's name, and the name in SKILL.md. */
  readonly name: string;
  /** The catalogue's id: `u01668`. */
  readonly id: string;
  readonly title: string;
  /** Semantic version of the skill's code; part of the promoted digest. */
  readonly version: string;
  readonly archetype: string;
  readonly coreMethod: string;
  readonly primaryArtifact: string;
  readonly routingTag: string;
  readonly releaseCycles: number;
  /** The Unleash flag that rolls the skill out. */
  readonly flag: string;
  readonly input: z.ZodType<Input>;
  /** JSON Pointer patterns (`*` for any index) of arrays in the input whose order carries no meaning. */
  readonly unorderedArrays: readonly string[];
  /** The account the execution belongs to: rollout is sticky by it. */
  readonly accountId: (input: Input) => string;
  /** The person responsible for the record, who may not approve it. */
  readonly recordOwner: (input: Input) => string | undefined;
  /** The policy the skill ships with, parsed from its own file. */
  readonly baselineConfiguration: () => unknown;
  /** Parses and checks a configuration; throws InvalidInput with every problem. */
  readonly loadConfiguration: (value: unknown, directory: LoadedDirectory) => Configuration;
  /** The directory the skill's examples live in, used where no other has been imported. */
  readonly referenceDirectory: () => unknown;
  readonly defaults: { readonly acceptanceCriteria?: readonly AcceptanceCriterion[]; readonly consumer?: Consumer };
  readonly consumers: readonly Consumer[];
  readonly budget: {
    readonly workUnits: number;
    readonly outputBytes: number;
    readonly mails: number;
    readonly computingExecutions: number;
  };
  /** Where the incident packets of this skill go is the environment's; how long oversight may take is the skill's. */
  readonly oversightTimeoutSeconds: number;
  /** When failures put the baseline back or stop publishing; `defaultPostureThresholds` where nothing is declared. */
  readonly posture?: PostureThresholds;
  readonly metrics: readonly Metric[];
  readonly guardrails: readonly Guardrail[];
  readonly cadence: { readonly daily: string; readonly weekly: string; readonly monthly: string };
  readonly execute: (context: SkillContext<Input, Configuration>) => SkillOutput | Promise<SkillOutput>;
  /** How pieces of the work are solved that `execute` wants solved apart; their functions run side by side. */
  readonly pods?: PodSolving;
  /** Names of the other skills whose baseline an execution looks at. They are fixed when it is accepted, and part of its evidence. */
  readonly references?: (input: Input) => readonly string[];
  /** What a publication does besides handing the outputs on. */
  readonly publishes?: PublicationEffect;
  /**
   * What the next execution of the skill goes on from, read out of a published result: it stands in the handoff packet, so whoever
   * brings the packet along cannot say that it was something else. It holds references and no more than the next one has to know.
   */
  readonly next?: (result: SkillResult) => Json | undefined;
  /**
   * The policy-constraint-check: what a proved constraint artifact says against a result. Held against every result in Verify,
   * apart from the engine that made it; a reason fails the policy gate.
   */
  readonly constraintCheck?: (checked: CheckedResult<Input, Configuration>) => readonly Reason[];
  /** How executions that hand work over go on after the gates and approvals; their state machine then waits for the other side. */
  readonly handoff?: HandoffProtocol<Input, Configuration>;
  /** How what is handed over is known, so that nothing of it is lost by beginning anew; without it, any request may hand anything over. */
  readonly work?: WorkRule<Input, Configuration>;
  /** What the functions that execute the skill package besides its code: `yaml` reads YAML that people send, `solver` is Z3, `optimizer` is HiGHS. */
  readonly needs?: readonly SkillNeed[];
}

/** A skill whose input and configuration types are no longer of interest to the caller. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds skills of every input type; each parses its own input.
export type AnySkill = SkillDefinition<any, any>;

/**
 * Declares a skill. The types of `input` and `configuration` flow into `execute`.
 * @throws RangeError when a declaration contradicts itself, at load and by name.
 */
export function defineSkill<Input, Configuration>(
  skill: SkillDefinition<Input, Configuration>,
): SkillDefinition<Input, Configuration> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(skill.name) || skill.name.length > 64)
    throw new RangeError(`The skill name "${skill.name}" must be lower-case words joined by hyphens, 64 at most.`);
  if (!/^u\d{5}$/.test(skill.id)) throw new RangeError(`The id of skill ${skill.name} must be "u" and five digits.`);
  if (skill.consumers.length === 0) throw new RangeError(`The skill ${skill.name} declares no consumer.`);
  for (const [cap, value] of Object.entries(skill.budget))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`The budget "${cap}" of skill ${skill.name} must be a whole number above zero.`);
  checkPostureThresholds(skill.name, postureThresholdsOf(skill));
  // A function that does not solve pods has something in their place that refuses.
  if (typeof skill.pods === 'object') checkPodSolving(skill.name, skill.pods);
  return skill;
}

/** The thresholds that hold for a skill. */
export function postureThresholdsOf(skill: Pick<AnySkill, 'posture'>): PostureThresholds {
  return skill.posture ?? defaultPostureThresholds;
}

/** The names under which the API accepts a skill: name, id, and the catalogue's id-name. */
export function findSkill(skills: readonly AnySkill[], named: string): AnySkill | undefined {
  return skills.find((skill) => [skill.name, skill.id, `${skill.id}-${skill.name}`].includes(named));
}
