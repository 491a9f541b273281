import { App, type Environment as CdkEnvironment, Tags } from 'aws-cdk-lib';
import { DISABLE_CREATION_STACK_TRACES } from 'aws-cdk-lib/cx-api';
import cdkJson from '../../cdk.json' with { type: 'json' };
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { AlarmOverrides } from './alarms/overrides.ts';
import type { CodeSource } from './code-source.ts';
import { DataStack } from './data-stack.ts';
import type { Environment } from './environments.ts';
import { prefixOf } from './names.ts';
import { PlatformStack } from './platform-stack.ts';
import { SkillStack } from './skill-stack.ts';

/** What the app is made of. */
export interface AppParts {
  readonly environment: Environment;
  readonly skills: readonly AnySkill[];
  readonly code: CodeSource;
}

/** Where an app is synthesized to, and how thoroughly. */
export interface AppOptions {
  /** Without it, the folder that CDK's command line named. */
  readonly outdir?: string;
  /** `false` leaves out what only a deployment needs: CDK's own check of the templates, and its tree for the console. */
  readonly complete?: boolean;
}

/**
 * An empty app with the feature flags of `cdk.json`, which only CDK's command line would set otherwise. It writes down neither
 * stack traces, which hold the paths of this machine, nor how long things took: the same commit gives the same bytes.
 */
export function createApp({ outdir, complete = true }: AppOptions = {}): App {
  return new App({
    context: { ...cdkJson.context, [DISABLE_CREATION_STACK_TRACES]: true },
    stackTraces: false,
    analyticsReporting: false,
    performanceReporting: false,
    autoSynth: false,
    builtinCloudFormationValidation: complete,
    treeMetadata: complete,
    ...(outdir === undefined ? {} : { outdir }),
  });
}

/**
 * Puts an environment's stacks into an app: the data, what serves all skills, and one stack for each skill.
 * @throws RangeError when two skills have one id.
 * @throws InvalidInput when the environment overrides an alarm that there is not, or allows too few functions at once for pods.
 */
export function addStacks(app: App, { environment, skills, code }: AppParts): void {
  const prefix = prefixOf(environment.name);
  const { account, region } = environment.settings;
  const env: CdkEnvironment = {
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
  };
  const common = { env, environment, terminationProtection: environment.settings.data.deletionProtection };

  const overrides = new AlarmOverrides(environment);
  const data = new DataStack(app, `${prefix}-data`, {
    ...common,
    description: `Countersign ${environment.name}: table, artifacts, mail identity.`,
  });
  const platform = new PlatformStack(app, `${prefix}-platform`, {
    ...common,
    code,
    skills,
    overrides,
    description: `Countersign ${environment.name}: API, schedules, alarms.`,
  });
  platform.addStackDependency(data, 'Its functions use the table and the bucket by name.');

  const taken = new Map<string, string>();
  for (const skill of skills) {
    const other = taken.get(skill.id);
    if (other !== undefined)
      throw new RangeError(`The skills ${other} and ${skill.name} have the same id ${skill.id}.`);
    taken.set(skill.id, skill.name);
    new SkillStack(app, `${prefix}-${skill.id}`, {
      ...common,
      skill,
      code,
      baseUrl: platform.baseUrl,
      overrides,
      description: `Countersign ${environment.name}: ${skill.name}.`,
    }).addStackDependency(platform, 'Its configuration is seeded there.');
  }
  overrides.requireMatches();
  Tags.of(app).add('countersign:environment', environment.name);
}
