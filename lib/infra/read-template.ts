import * as z from 'zod';
import { type Location, type ResolvedResource, resolveResources, type StackTemplate } from './resolve-intrinsics.ts';

export type { Location, StackTemplate } from './resolve-intrinsics.ts';

/** A function, and the module that it runs. */
export interface TemplateFunction {
  /** The name it is invoked by, such as `countersign-dev-u01668-verify`. */
  readonly functionName: string;
  /** Its name in the table of functions, such as `verify`. */
  readonly function: string;
  /** Path of the module that exports `handler`, from the repository's root. */
  readonly entry: string;
  /** The name of the skill whose step it is; a shared function has none. */
  readonly skill?: string;
  readonly timeoutSeconds: number;
  readonly environment: { readonly [name: string]: string };
}

/** A skill's state machine. Its tasks name functions by `functionName`. */
export interface TemplateStateMachine {
  readonly name: string;
  readonly skill: string;
  readonly skillId: string;
  /** Amazon States Language, as JSON. */
  readonly definition: { readonly [key: string]: unknown };
}

/** A route of the API. */
export interface TemplateRoute {
  readonly method: string;
  /** With parameters in braces, such as `/executions/{executionId}`. */
  readonly path: string;
  readonly functionName: string;
  readonly auth: 'iam' | 'none';
}

/** A table, in the shape that DynamoDB's CreateTable takes. */
export type TemplateTable = z.infer<typeof tableProperties>;

/** A function that runs every so often. */
export interface TemplateSchedule {
  readonly functionName: string;
  readonly everySeconds: number;
}

/** All that the templates say about what there is to run. */
export interface TemplateContents {
  readonly functions: readonly TemplateFunction[];
  readonly stateMachines: readonly TemplateStateMachine[];
  readonly routes: readonly TemplateRoute[];
  readonly tables: readonly TemplateTable[];
  readonly schedules: readonly TemplateSchedule[];
  /** Names of the functions that run once at deployment. */
  readonly atDeployment: readonly string[];
}

const functionProperties = z.object({
  FunctionName: z.string(),
  Timeout: z.number(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
});
const functionMetadata = z.object({ function: z.string(), entry: z.string(), skill: z.string().optional() });
const machineProperties = z.object({ StateMachineName: z.string(), DefinitionString: z.string() });
const machineMetadata = z.object({ skill: z.string(), id: z.string() });
const resourceProperties = z.object({ ParentId: z.string(), PathPart: z.string() });
const methodProperties = z.object({
  HttpMethod: z.string(),
  ResourceId: z.string(),
  AuthorizationType: z.enum(['AWS_IAM', 'NONE']),
  Integration: z.object({ Uri: z.string() }),
});
const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const tableProperties = z.object({
  TableName: z.string(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z.array(
    z.object({
      IndexName: z.string(),
      KeySchema: keySchema,
      Projection: z.object({ ProjectionType: z.enum(['ALL']) }),
    }),
  ),
});
const ruleProperties = z.object({
  ScheduleExpression: z.string().optional(),
  Targets: z.array(z.object({ Arn: z.string() })),
});
const triggerProperties = z.object({ HandlerArn: z.string() });

const LOCATION: Location = { account: '000000000000', region: 'us-east-1', partition: 'aws' };

/**
 * Reads from synthesized templates what there is to run: functions, state machines, routes, tables, schedules. Pure.
 * @param location what the pseudo parameters for account, region and partition become.
 * @throws ZodError when a resource does not have the shape that our stacks give it; Error for an unknown intrinsic function.
 */
export function readTemplates(stacks: readonly StackTemplate[], location: Location = LOCATION): TemplateContents {
  const resources = resolveResources(stacks, location);
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    functions: ofType('AWS::Lambda::Function').flatMap(readFunction),
    stateMachines: ofType('AWS::StepFunctions::StateMachine').map(readStateMachine),
    routes: readRoutes(ofType('AWS::ApiGateway::Resource'), ofType('AWS::ApiGateway::Method')),
    tables: ofType('AWS::DynamoDB::Table').map((table) => tableProperties.parse(table.properties())),
    schedules: ofType('AWS::Events::Rule').flatMap(readSchedule),
    atDeployment: ofType('Custom::Trigger').map(({ properties }) => triggerProperties.parse(properties()).HandlerArn),
  };
}

/** CDK brings functions of its own along; only ours say which entry they run. */
function readFunction({ metadata, properties }: ResolvedResource): TemplateFunction[] {
  if (metadata.countersign === undefined) return [];
  const { skill, ...named } = functionMetadata.parse(metadata.countersign);
  const { FunctionName, Timeout, Environment } = functionProperties.parse(properties());
  return [
    {
      functionName: FunctionName,
      ...named,
      ...(skill === undefined ? {} : { skill }),
      timeoutSeconds: Timeout,
      environment: Environment.Variables,
    },
  ];
}

function readStateMachine({ metadata, properties }: ResolvedResource): TemplateStateMachine {
  const { StateMachineName, DefinitionString } = machineProperties.parse(properties());
  const { skill, id } = machineMetadata.parse(metadata.countersign);
  return { name: StateMachineName, skill, skillId: id, definition: JSON.parse(DefinitionString) };
}

function readRoutes(nodes: readonly ResolvedResource[], methods: readonly ResolvedResource[]): TemplateRoute[] {
  const byId = new Map(nodes.map((node) => [node.logicalId, resourceProperties.parse(node.properties())]));
  const pathOf = (id: string): string => {
    const node = byId.get(id);
    return node === undefined ? '' : `${pathOf(node.ParentId)}/${node.PathPart}`;
  };
  return methods.map(({ properties }) => {
    const { HttpMethod, ResourceId, AuthorizationType, Integration } = methodProperties.parse(properties());
    return {
      method: HttpMethod,
      path: pathOf(ResourceId) || '/',
      functionName: functionNameIn(Integration.Uri),
      auth: AuthorizationType === 'AWS_IAM' ? 'iam' : 'none',
    };
  });
}

function readSchedule({ properties }: ResolvedResource): TemplateSchedule[] {
  const { ScheduleExpression, Targets } = ruleProperties.parse(properties());
  // A rule without a schedule waits for events, of which this machine has none.
  if (ScheduleExpression === undefined) return [];
  const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(ScheduleExpression) ?? [];
  if (count === undefined) throw new Error(`The schedule "${ScheduleExpression}" is not known here.`);
  const everySeconds = Number(count) * (unit === 'hour' ? 3_600 : 60);
  return Targets.map(({ Arn }) => ({ functionName: functionNameIn(Arn), everySeconds }));
}

function functionNameIn(text: string): string {
  const name = /:function:([\w-]+)/.exec(text)?.[1];
  if (name === undefined) throw new Error(`No function is named in ${text}.`);
  return name;
}
