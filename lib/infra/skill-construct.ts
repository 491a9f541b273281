import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type CfnStateMachine,
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import { CountersignFunction, type Surroundings } from './countersign-function.ts';
import { buildDefinition, type StepVersions } from './definition.ts';
import { stepFunctions } from './functions.ts';
import { LIVE_ALIAS, pascal, stateMachineNameOf } from './names.ts';
import { requirePodConcurrency } from './pod-concurrency.ts';

export interface SkillConstructProps extends Surroundings {
  readonly skill: AnySkill;
}

/**
 * Makes a state machine of a skill's declaration: its step functions, the definition that pins their versions, and a published
 * version behind the alias that executions start through. Throws InvalidInput when the environment does not let its pods be solved.
 */
export class SkillConstruct extends Construct {
  readonly stateMachine: StateMachine;
  readonly steps: readonly CountersignFunction[];

  constructor(scope: Construct, id: string, props: SkillConstructProps) {
    super(scope, id);
    const { skill, environment } = props;
    const name = stateMachineNameOf(environment.name, skill.id);
    requirePodConcurrency(environment, skill);

    this.steps = stepFunctions(skill).map(
      (declaration) => new CountersignFunction(this, pascal(declaration.name), { ...props, declaration }),
    );
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What ${name} may do.`,
    });
    // Every version, not only those of this deployment: an execution that began two deployments ago still finds its tasks.
    const allVersions = this.steps.map((step) => `${step.lambda.functionArn}:*`);
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: allVersions }));
    for (const versions of allVersions)
      acknowledgeWildcard(
        role,
        versions,
        'The versions of this one function, for executions that began with an old one.',
      );

    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      comment: `${skill.title} (${skill.id} ${skill.name} ${skill.version})`,
      definitionBody: buildDefinition(this, versionsIn(this.steps), {
        oversightTimeoutSeconds: skill.oversightTimeoutSeconds,
        handsOver: skill.handoff !== undefined,
        ...(skill.pods === undefined ? {} : { podsAtOnce: skill.pods.atOnce }),
      }),
      role,
      tracingEnabled: true,
      logs: {
        // Under this prefix CloudWatch Logs needs no resource policy for each group, of which a region has few.
        destination: new LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: environment.settings.retention.logDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.#publish(skill);

    const deliversEverywhere = 'X-Ray, and the delivery of logs by Step Functions, know no narrower resource than "*".';
    acknowledgeWildcard(role, '*', deliversEverywhere);
    if (skill.pods !== undefined) this.#letMapRun(role, name);
  }

  /**
   * Lets a Distributed Map start, watch and stop executions of its own state machine. CDK's policy for that names the machine by
   * what it becomes when it is deployed, which no reviewer can read, and lets its runs be redriven, which nobody does.
   */
  #letMapRun(role: Role, name: string): void {
    this.stateMachine.node.tryRemoveChild('DistributedMapPolicy');
    const arnOf = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({
        service: 'states',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const children = arnOf('execution', `${name}:*`);
    role.addToPolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [arnOf('stateMachine', name)] }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution'], resources: [children] }),
    );
    acknowledgeWildcard(role, children, 'The executions of this one machine, which are named at run time.');
  }

  /** Publishes the definition as a version, kept when the next one replaces it, and points the alias to it. */
  #publish(skill: AnySkill): void {
    const machine = this.stateMachine.node.defaultChild as CfnStateMachine;
    machine.addMetadata('countersign', { skill: skill.name, id: skill.id });
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.stateMachine.stateMachineArn,
      // Changes with the definition, and so replaces the version.
      stateMachineRevisionId: machine.attrStateMachineRevisionId,
    });
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnStateMachineAlias(this, 'Live', {
      name: LIVE_ALIAS,
      description: 'What executions start through.',
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
  }
}

function versionsIn(steps: readonly CountersignFunction[]): StepVersions {
  return (name) => {
    const step = steps.find(({ declaration }) => declaration.name === name);
    if (step === undefined) throw new RangeError(`The table of functions has no step "${name}".`);
    return { version: step.version as IFunction, timeoutSeconds: step.declaration.timeoutSeconds };
  };
}
