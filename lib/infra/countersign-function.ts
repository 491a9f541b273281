import { type CfnResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime, Tracing, type Version } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { CodeSource } from './code-source.ts';
import type { Environment } from './environments.ts';
import {
  anchorVariables,
  FLAG_TOKEN_SECRET_VARIABLE,
  flagAdminVariables,
  publisherVariables,
  signingVariables,
} from './function-variables.ts';
import type { FunctionDeclaration } from './functions.ts';
import { giveGrants } from './grants.ts';
import { functionNameOf } from './names.ts';
import type { Place } from './place.ts';

/** What all functions of a stack have in common. */
export interface Surroundings {
  readonly environment: Environment;
  readonly place: Place;
  readonly code: CodeSource;
  /** The environment variables of every function. */
  readonly variables: { readonly [name: string]: string };
}

export interface CountersignFunctionProps extends Surroundings {
  readonly declaration: FunctionDeclaration;
  /** The skill whose step this is; none for a shared function. */
  readonly skill?: AnySkill;
}

/** One Lambda function with a role and a log group of its own, and no more rights than it declares. */
export class CountersignFunction extends Construct {
  readonly declaration: FunctionDeclaration;
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: CountersignFunctionProps) {
    super(scope, id);
    const { declaration, environment, skill, place } = props;
    const functionName = functionNameOf(environment.name, declaration.name, skill?.id);
    this.declaration = declaration;

    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: environment.settings.retention.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${functionName} may do.`,
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    giveGrants(role, declaration.grants, place);
    acknowledgeWildcard(role, '*', 'X-Ray takes segments under no narrower resource than "*".');

    const readsToken = declaration.grants.includes('flag-token:read');
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      description: declaration.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code(declaration, skill),
      memorySize: declaration.memoryMegabytes,
      timeout: Duration.seconds(declaration.timeoutSeconds),
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
      ...reservedConcurrency(environment, declaration),
      environment: {
        ...props.variables,
        ...(readsToken ? { [FLAG_TOKEN_SECRET_VARIABLE]: environment.settings.unleash.tokenSecretName } : {}),
        ...(declaration.grants.includes('flag-admin:use') ? flagAdminVariables(environment) : {}),
        ...(declaration.grants.includes('anchors:write') ? anchorVariables(place) : {}),
        ...(declaration.grants.includes('publisher:use') ? publisherVariables(environment) : {}),
        ...(declaration.grants.includes('evidence:sign') ? signingVariables(place) : {}),
      },
      // Executions wait for days: the code that they began with must outlast the deployments that come after.
      currentVersionOptions: {
        removalPolicy: declaration.scope === 'skill' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      },
    });
    // The local system finds the module to run by this.
    (this.lambda.node.defaultChild as CfnResource).addMetadata('countersign', {
      function: declaration.name,
      entry: declaration.entry,
      ...(skill === undefined ? {} : { skill: skill.name }),
    });
  }

  /** The version of this deployment, under which a state machine pins this function. */
  get version(): Version {
    return this.lambda.currentVersion;
  }
}

function reservedConcurrency({ settings }: Environment, { name }: FunctionDeclaration) {
  const reservedConcurrentExecutions = settings.caps.concurrency?.[name];
  return reservedConcurrentExecutions === undefined ? {} : { reservedConcurrentExecutions };
}
