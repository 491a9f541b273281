import { MOST_POD_SECONDS } from '../platform/skill/pods.ts';

/** What a function may do beyond writing its own log and traces. Each becomes statements of its own role. */
export type Grant =
  | 'table:read'
  | 'table:write'
  | 'table:delete'
  | 'table:count'
  | 'artifacts:read'
  | 'artifacts:write'
  /** Replaces artifacts by the marker of their erasure, and deletes every older version for good. */
  | 'artifacts:erase'
  | 'mail:send'
  | 'states:start'
  | 'states:signal'
  | 'states:describe'
  | 'states:history'
  | 'flag-token:read'
  | 'flag-admin:use'
  | 'anchors:write'
  | 'evidence:sign'
  | 'publisher:use';

/** A method and path of the API; `iam` wants a signed request, `none` takes anybody's. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly auth: 'iam' | 'none';
  /** `json`: the body must be a JSON object, which the API checks before it invokes the function. */
  readonly body?: 'json';
}

/**
 * `none`: the function looks at no skill. `declaration`: everything but what follows. `configuration`: it can load configurations
 * too. `engine`: it can load configurations and execute; then it also packages what its skills need for that. `reference`: it can load configurations, and has the configuration and directory that the skill ships with. `handoff`: it moves handoffs, for which it can load
 * the configurations of the skills that have any; of other skills it carries the declaration.
 */
export type SkillParts = 'none' | 'declaration' | 'configuration' | 'engine' | 'reference' | 'handoff';

/** One Lambda function as it is deployed; its code is named by path, never imported. */
export interface FunctionDeclaration {
  readonly name: string;
  /** Path of the module that exports `handler`, from the repository's root. */
  readonly entry: string;
  /** `skill`: deployed once for each skill, with only that skill in its bundle. `shared`: deployed once, with all of them. */
  readonly scope: 'skill' | 'shared';
  readonly description: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly grants: readonly Grant[];
  /** Deployed only for skills that declare how they hand work over. */
  readonly forHandoffs?: true;
  /** Deployed only for skills that have pieces of their work solved apart. */
  readonly forPods?: true;
  /** How much of its skills the function carries; their declarations where nothing is said. */
  readonly skills?: SkillParts;
  readonly routes?: readonly Route[];
  /** Run every so many minutes. */
  readonly everyMinutes?: number;
  /** Run for each mail that could not be delivered, or that its reader complained about. */
  readonly onMailFailure?: true;
  /** Run once at each deployment that changes it. */
  readonly atDeployment?: true;
}

/** The steps of a state machine, by function name. */
export type StepName =
  | 'preflight'
  | 'execute'
  | 'solve-pod'
  | 'verify'
  | 'request-approval'
  | 'escalate'
  | 'request-oversight'
  | 'offer'
  | 'await-handoff'
  | 'handoff-overdue'
  | 'publish'
  | 'conclude'
  | 'block'
  | 'recover';

function step(name: StepName, description: string, grants: readonly Grant[]): FunctionDeclaration {
  const entry = `functions/steps/${name}.ts`;
  return { name, entry, scope: 'skill', description, memoryMegabytes: 512, timeoutSeconds: 60, grants };
}

/** A step that executes the skill. */
function engineStep(name: StepName, description: string, grants: readonly Grant[]): FunctionDeclaration {
  return { ...step(name, description, grants), memoryMegabytes: 1024, skills: 'engine' };
}

/** With so much memory a function has one whole vCPU; engines work on one thread. Source: AWS Lambda Developer Guide, "Memory". */
const ONE_CPU_MEGABYTES = 1769;

/** Whoever splits work for pods and puts their answers together holds all of it at once. */
function besidePods(declaration: FunctionDeclaration): FunctionDeclaration {
  if (declaration.skills !== 'engine' || declaration.forPods) return declaration;
  return { ...declaration, memoryMegabytes: ONE_CPU_MEGABYTES, timeoutSeconds: 180 };
}

/** A step that moves a handoff. */
function handoffStep(name: StepName, description: string, grants: readonly Grant[]): FunctionDeclaration {
  return { ...step(name, description, grants), skills: 'handoff', forHandoffs: true };
}

function api(
  name: string,
  description: string,
  grants: readonly Grant[],
  routes: readonly Route[],
): FunctionDeclaration {
  // API Gateway gives up after 29 seconds; a function that still runs then serves nobody.
  return {
    name,
    entry: `functions/api/${name}.ts`,
    scope: 'shared',
    description,
    memoryMegabytes: 512,
    timeoutSeconds: 28,
    grants,
    routes,
  };
}

function signed(method: Route['method'], path: string): Route {
  return { method, path, auth: 'iam' };
}

function signedWithBody(path: string): Route {
  return { method: 'POST', path, auth: 'iam', body: 'json' };
}

function open(method: Route['method'], path: string): Route {
  return { method, path, auth: 'none' };
}

const READS: readonly Grant[] = ['table:read', 'artifacts:read'];
/** Whoever reads an artifact and makes another of it, and has nothing to do with the table. */
const KEEPS: readonly Grant[] = ['artifacts:write'];
const WRITES_TABLE: readonly Grant[] = ['table:write', 'artifacts:read'];
const WRITES: readonly Grant[] = ['table:write', 'artifacts:write'];
const MAILS: readonly Grant[] = [...WRITES, 'mail:send'];
/** Whoever ends an execution signs the statement about it. */
const ENDS: readonly Grant[] = [...MAILS, 'evidence:sign'];
/** Whoever may settle a stage kills its links, ends its wait, and starts the re-run that oversight orders. */
const SETTLES: readonly Grant[] = [...MAILS, 'table:delete', 'states:signal', 'states:start'];

/** Whoever moves a handoff ends its wait, mails who is asked next, and drops links that it did not come to mail. */
const MOVES: readonly Grant[] = [...WRITES_TABLE, 'mail:send', 'table:delete', 'states:signal'];
/** Whoever takes an answer keeps the documents that it brings. */
const ANSWERS: readonly Grant[] = [...MAILS, 'table:delete', 'states:signal'];

/** Every function of Countersign. The stacks deploy this table, and the local system serves it. */
export const functions: readonly FunctionDeclaration[] = [
  {
    ...step('preflight', 'Checks the contract, the slot and the posture before anything is computed.', WRITES_TABLE),
    skills: 'configuration',
  },
  engineStep('execute', 'Runs the skill on its parsed input and stores the result.', WRITES),
  {
    ...engineStep('solve-pod', 'Solves one piece of an execution, and again to see that it repeats.', KEEPS),
    forPods: true,
    memoryMegabytes: ONE_CPU_MEGABYTES,
    timeoutSeconds: MOST_POD_SECONDS,
  },
  engineStep('verify', 'Re-executes the skill with permuted input and holds the result against the gates.', [
    ...WRITES_TABLE,
    'mail:send',
  ]),
  step('request-approval', 'Opens an approval stage and mails its links.', SETTLES),
  step('escalate', 'Closes a stage whose deadline passed, or finds that it was decided in time.', SETTLES),
  step('request-oversight', 'Asks a person to look at an execution that may not go on by itself.', SETTLES),
  handoffStep('offer', 'Opens the handoff of an execution, or finds that it hands nothing over.', MOVES),
  handoffStep('await-handoff', 'Asks whoever a handoff waits for, and mails the links.', MOVES),
  handoffStep('handoff-overdue', 'Carries on when a clock of a handoff ran out, or finds that it was answered.', MOVES),
  {
    ...step('publish', 'Publishes the outcome, unless the posture stops it.', [...ENDS, 'publisher:use']),
    skills: 'handoff',
  },
  step('conclude', 'Ends an execution that people did not let pass.', ENDS),
  step('block', 'Ends an execution that a gate stopped, with an incident packet.', ENDS),
  {
    ...step(
      'recover',
      'Marks an execution that a fault ended, counts the fault, and puts the baseline back when it is one too many.',
      [...ENDS, 'flag-admin:use', 'publisher:use'],
    ),
    skills: 'handoff',
  },

  api(
    'start-execution',
    'Takes a request and starts its execution.',
    [...WRITES, 'states:start'],
    [signedWithBody('/skills/{skill}/executions')],
  ),
  {
    ...api('preview', 'Computes a route without starting anything.', READS, [
      signedWithBody('/skills/{skill}/preview'),
    ]),
    memoryMegabytes: 1024,
    skills: 'engine',
  },
  api('list-executions', 'Lists executions.', ['table:read'], [signed('GET', '/executions')]),
  api('read-execution', 'Shows an execution, its trace and its evidence.', WRITES_TABLE, [
    signed('GET', '/executions/{executionId}'),
    signed('GET', '/executions/{executionId}/trace'),
    signed('GET', '/executions/{executionId}/evidence'),
  ]),
  {
    ...api('withdraw', 'Withdraws an execution; its open links die.', SETTLES, [
      signed('POST', '/executions/{executionId}/withdraw'),
    ]),
    skills: 'handoff',
  },
  api(
    'retry',
    'Runs an execution again that a fault broke off.',
    [...WRITES, 'states:start'],
    [signed('POST', '/executions/{executionId}/retry')],
  ),
  api(
    'posture',
    'Shows and sets the posture of a skill.',
    [...MAILS, 'flag-admin:use'],
    [signed('GET', '/skills/{skill}/posture'), signedWithBody('/skills/{skill}/posture')],
  ),
  api('follow-ups', 'Lists follow-ups, and marks them as done.', WRITES_TABLE, [
    signed('GET', '/follow-ups'),
    signedWithBody('/follow-ups/{followUpId}/done'),
  ]),
  api(
    'status',
    'Shows what is going on as a page.',
    [...WRITES_TABLE, 'states:history'],
    [signed('GET', '/status'), signed('GET', '/status/{executionId}')],
  ),
  api(
    'approval-link',
    'Shows an approval and takes the decision.',
    [...SETTLES, 'table:count'],
    [open('GET', '/approvals/{link}'), open('HEAD', '/approvals/{link}'), open('POST', '/approvals/{link}')],
  ),
  {
    ...api(
      'handoff-link',
      'Shows what a handoff asks of a person, and takes the answer.',
      [...ANSWERS, 'table:count'],
      [open('GET', '/handoffs/{link}'), open('HEAD', '/handoffs/{link}'), open('POST', '/handoffs/{link}')],
    ),
    skills: 'handoff',
  },
  {
    ...api('handoff', 'Shows where a handoff stands, and the due work of teams.', READS, [
      signed('GET', '/executions/{executionId}/handoff'),
      signed('GET', '/queues'),
      signed('GET', '/queues/{party}'),
    ]),
    skills: 'handoff',
  },
  {
    ...api('handoff-events', 'Takes events of the systems and people who act on a handoff.', ANSWERS, [
      signedWithBody('/executions/{executionId}/handoff/events'),
    ]),
    skills: 'handoff',
  },
  {
    // A function of its own: what takes anybody's events may not delete anything for good.
    ...api(
      'erasure',
      'Erases the payload of a handoff on record.',
      [...WRITES, 'artifacts:erase'],
      [signedWithBody('/executions/{executionId}/handoff/erasure')],
    ),
    skills: 'handoff',
  },
  api('openapi', 'Serves the OpenAPI document.', [], [open('GET', '/openapi.json')]),
  api('health', 'Says whether the service answers.', ['table:read'], [open('GET', '/healthz')]),

  {
    name: 'sync-flags',
    entry: 'functions/scheduled/sync-flags.ts',
    scope: 'shared',
    skills: 'none',
    description: 'Stores the last good flags in the table.',
    memoryMegabytes: 512,
    timeoutSeconds: 50,
    grants: ['table:write', 'flag-token:read'],
    everyMinutes: 1,
  },
  {
    name: 'sweep',
    entry: 'functions/scheduled/sweep.ts',
    scope: 'shared',
    skills: 'handoff',
    description: 'Finishes what a crash interrupted: signals, mails, reminders, starts.',
    memoryMegabytes: 512,
    timeoutSeconds: 50,
    grants: [...SETTLES, 'flag-admin:use', 'states:describe', 'evidence:sign', 'publisher:use', 'artifacts:erase'],
    everyMinutes: 1,
  },
  {
    name: 'anchor',
    entry: 'functions/scheduled/anchor.ts',
    scope: 'shared',
    skills: 'none',
    description: 'Anchors the heads of the audit chains in a signed manifest, once a day.',
    memoryMegabytes: 512,
    timeoutSeconds: 300,
    grants: ['table:write', 'table:delete', 'anchors:write', 'evidence:sign'],
    // A day that could not be anchored at midnight is anchored an hour later.
    everyMinutes: 60,
  },
  {
    name: 'mail-failed',
    entry: 'functions/scheduled/mail-failed.ts',
    scope: 'shared',
    skills: 'none',
    description: 'Notes mails that bounced, for the sweeper to tell oversight.',
    memoryMegabytes: 512,
    timeoutSeconds: 28,
    grants: ['table:write'],
    onMailFailure: true,
  },
  {
    name: 'seed',
    entry: 'functions/deploy/seed.ts',
    scope: 'shared',
    description: 'Stores the configuration and directory that the skills ship with, where there is none yet.',
    memoryMegabytes: 512,
    timeoutSeconds: 120,
    grants: WRITES,
    skills: 'reference',
    atDeployment: true,
  },
];

/** The steps that a skill gets, each its own: those that move handoffs or solve pods only where it declares how. */
export function stepFunctions(
  skill: { readonly handoff?: unknown; readonly pods?: unknown } = {},
): readonly FunctionDeclaration[] {
  const own = functions.filter(
    ({ scope, forHandoffs, forPods }) =>
      scope === 'skill' && (!forHandoffs || skill.handoff !== undefined) && (!forPods || skill.pods !== undefined),
  );
  return skill.pods === undefined ? own : own.map(besidePods);
}

/** The functions that serve all skills. */
export function sharedFunctions(): readonly FunctionDeclaration[] {
  return functions.filter((declaration) => declaration.scope === 'shared');
}

/** Every method of the API. */
export function routes(): readonly Route[] {
  return functions.flatMap((declaration) => declaration.routes ?? []);
}

/** How a route is named in settings, such as `POST /skills/{skill}/executions`. */
export function routeKey({ method, path }: Route): string {
  return `${method} ${path}`;
}
