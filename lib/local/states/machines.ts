import { digestOf } from '../../core/digest.ts';
import type { Json } from '../../core/json.ts';
import { type Definition, InvalidDefinition } from './definition.ts';
import type { Journal } from './journal.ts';
import { loadDefinition } from './load-definition.ts';

/** A state machine as the host program registers it. */
export interface MachineRegistration {
  readonly name: string;
  /** The definition in the Amazon States Language, or its JSON text. */
  readonly definition: Json;
  readonly roleArn: string;
  /** The number of the published version; 1 when left out. */
  readonly version?: number;
  /** Aliases that point to that version. */
  readonly aliases?: readonly string[];
}

/** A registered state machine. */
export interface Machine {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly roleArn: string;
  /** The definition as JSON text. */
  readonly definitionText: string;
  readonly definitionId: string;
  readonly definition: Definition;
  readonly versionArn: string;
  readonly aliasArns: readonly string[];
  /** When a machine of this name was first registered, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly createdAt: number;
}

/** A machine, and the version or alias by which it was asked for. */
export interface Resolved {
  readonly machine: Machine;
  readonly versionArn: string | null;
  readonly aliasArn: string | null;
}

/** The state machines of this system, and the definitions that running executions still need. */
export class Machines {
  readonly #journal: Journal;
  readonly #byArn = new Map<string, Resolved>();
  readonly #definitions = new Map<string, Definition>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * Registers a machine. Its definition is kept, because executions go on with the one they started with.
   * @throws InvalidDefinition when the definition cannot be run here.
   */
  register(registration: MachineRegistration, arnPrefix: string, now: number): void {
    const definition = loadDefinition(registration.definition);
    const { name, roleArn, version = 1, aliases = [] } = registration;
    const { definition: source } = registration;
    const definitionText = typeof source === 'string' ? source : JSON.stringify(source);
    const definitionId = digestOf(JSON.parse(definitionText)).slice('sha256:'.length);
    const stateMachineArn = `${arnPrefix}:stateMachine:${name}`;
    const versionArn = `${stateMachineArn}:${version}`;
    const aliasArns = aliases.map((alias) => `${stateMachineArn}:${alias}`);
    const createdAt = this.#createdAt(stateMachineArn, now);
    const machine = {
      stateMachineArn,
      name,
      roleArn,
      definitionText,
      definitionId,
      definition,
      versionArn,
      aliasArns,
      createdAt,
    };
    if (this.#journal.document(`definition-${definitionId}`) === undefined) {
      this.#journal.keepDocument(`definition-${definitionId}`, definitionText);
    }
    this.#definitions.set(definitionId, definition);
    this.#byArn.set(stateMachineArn, { machine, versionArn: null, aliasArn: null });
    this.#byArn.set(versionArn, { machine, versionArn, aliasArn: null });
    for (const aliasArn of aliasArns) this.#byArn.set(aliasArn, { machine, versionArn, aliasArn });
  }

  /** The machine of an unqualified, version or alias ARN. */
  resolve(arn: string): Resolved | undefined {
    return this.#byArn.get(arn);
  }

  /** Every machine, by name. */
  all(): readonly Machine[] {
    const machines = [...this.#byArn].flatMap(([arn, { machine }]) =>
      arn === machine.stateMachineArn ? [machine] : [],
    );
    return machines.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * A definition that an execution started with, also when no machine has it any more.
   * @throws InvalidDefinition when it was not kept.
   */
  definition(definitionId: string): Definition {
    const known = this.#definitions.get(definitionId);
    if (known !== undefined) return known;
    const definition = loadDefinition(this.definitionText(definitionId));
    this.#definitions.set(definitionId, definition);
    return definition;
  }

  /**
   * The JSON text of a definition that an execution started with.
   * @throws InvalidDefinition when it was not kept.
   */
  definitionText(definitionId: string): string {
    const text = this.#journal.document(`definition-${definitionId}`);
    if (text === undefined) throw new InvalidDefinition(`The definition ${definitionId} of an execution is missing.`);
    return text;
  }

  #createdAt(stateMachineArn: string, now: number): number {
    const name = `created-${digestOf(stateMachineArn).slice('sha256:'.length)}`;
    const kept = this.#journal.document(name);
    if (kept !== undefined) return Number(kept);
    this.#journal.keepDocument(name, String(now));
    return now;
  }
}
