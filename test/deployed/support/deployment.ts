import { join } from 'node:path';
import { SFNClient } from '@aws-sdk/client-sfn';
import { copyWithoutDepartures, templatesIn } from './assembly.ts';
import { AwsApis, OPERATOR } from './aws.ts';
import { tagBuckets } from './bucket-tags.ts';
import { type CdkRun, cdk, cdkOrThrow } from './cdk.ts';
import { REGION } from './place.ts';
import { resourcesOf } from './stacks.ts';
import { publishLive } from './state-machine-versions.ts';

/** One environment's assembly, as CDK synthesized it from a copy of the tree, and the copy of it that is deployed. */
export interface Assembly {
  readonly environment: string;
  readonly tree: string;
  readonly synthesized: string;
  readonly deployable: string;
}

/** Deploys to one server with CDK's command line. */
export class Deployment {
  readonly #url: string;
  readonly #environmentsFile: string;
  readonly states: SFNClient;

  constructor(url: string, environmentsFile: string) {
    this.#url = url;
    this.#environmentsFile = environmentsFile;
    this.states = new SFNClient({ endpoint: url, region: REGION, credentials: OPERATOR });
  }

  /** `cdk synth -c env=NAME -c environments=FILE`, and the copy without what the server cannot take. */
  async synthesize(tree: string, environment: string): Promise<Assembly> {
    const synthesized = join(tree, `cdk.out-${environment}`);
    const settings = ['-c', `env=${environment}`, '-c', `environments=${this.#environmentsFile}`];
    await cdkOrThrow(this.#url, tree, ['synth', '--quiet', ...settings, '--output', synthesized]);
    const deployable = `${synthesized}-deployable`;
    copyWithoutDepartures(synthesized, deployable);
    return { environment, tree, synthesized, deployable };
  }

  bootstrap({ tree, deployable }: Assembly): Promise<CdkRun> {
    return cdkOrThrow(this.#url, tree, ['bootstrap', '--app', deployable]);
  }

  /** `cdk deploy --all`, and then what CloudFormation would have done besides. */
  async deploy(assembly: Assembly): Promise<CdkRun> {
    const run = await this.tryToDeploy(assembly);
    if (run.code !== 0) throw new Error(`cdk deploy ended with ${run.code}:\n${run.output.slice(-6000)}`);
    for (const [stack] of templatesIn(assembly.deployable))
      for (const machine of await this.machinesOf(stack)) await publishLive(this.states, machine);
    await tagBuckets(this.#url, assembly);
    return run;
  }

  /** The ARNs of the state machines that a stack has made. */
  async machinesOf(stack: string): Promise<string[]> {
    const resources = await resourcesOf(new AwsApis(this.#url), stack);
    return resources.flatMap(({ type, physicalId }) =>
      type === 'AWS::StepFunctions::StateMachine' ? [physicalId] : [],
    );
  }

  /** `cdk deploy --all`, whatever comes of it. */
  tryToDeploy({ tree, deployable }: Assembly): Promise<CdkRun> {
    return cdk(this.#url, tree, ['deploy', '--all', '--app', deployable, '--require-approval', 'never']);
  }

  diff({ tree, deployable }: Assembly): Promise<CdkRun> {
    return cdk(this.#url, tree, ['diff', '--app', deployable, '--fail']);
  }

  destroy({ tree, deployable }: Assembly): Promise<CdkRun> {
    return cdkOrThrow(this.#url, tree, ['destroy', '--all', '--force', '--app', deployable]);
  }
}
