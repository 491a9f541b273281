import * as z from 'zod';

/** One synthesized stack. */
export interface StackTemplate {
  readonly name: string;
  /** The CloudFormation template as synthesis wrote it. */
  readonly template: unknown;
}

/** The account and region that a template's pseudo parameters stand for. */
export interface Location {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});
const template = z.object({
  Resources: z.record(z.string(), resource),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.string() }).optional() }))
    .default({}),
});

/** A resource whose properties hold no intrinsic function any more. */
export interface ResolvedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly metadata: { readonly [key: string]: unknown };
  /** Resolves on call: only properties that somebody reads need to be resolvable. */
  readonly properties: () => { readonly [name: string]: unknown };
}

/** Properties by which a `Ref` names a resource; a Lambda version is named by its function, for one machine runs one version. */
const NAME_PROPERTIES: { readonly [type: string]: string } = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Lambda::Version': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

/**
 * The resources of some stacks, with a reader that resolves intrinsic functions in their properties.
 * Names stand where CloudFormation would put what it makes up: a resource without a name of its own is called by its logical id.
 * @throws ZodError when something is not a template, and Error (on reading) for an intrinsic function that is not known here.
 */
export function resolveResources(stacks: readonly StackTemplate[], location: Location): readonly ResolvedResource[] {
  const parsed = stacks.map((stack) => ({ name: stack.name, ...template.parse(stack.template) }));
  type Parsed = (typeof parsed)[number];
  const pseudo: { readonly [name: string]: string } = {
    'AWS::AccountId': location.account,
    'AWS::Region': location.region,
    'AWS::Partition': location.partition,
    'AWS::URLSuffix': 'amazonaws.com',
  };

  function nameOf(stack: Parsed, logicalId: string): string {
    const known = pseudo[logicalId];
    if (known !== undefined) return known;
    const found = stack.Resources[logicalId];
    const property = NAME_PROPERTIES[found?.Type ?? ''];
    const value = property === undefined ? undefined : found?.Properties[property];
    return value === undefined ? logicalId : String(resolve(stack, value));
  }

  function attributeOf(stack: Parsed, logicalId: string, attribute: string): string {
    const name = nameOf(stack, logicalId);
    const { partition, region, account } = location;
    if (attribute === 'Arn' && stack.Resources[logicalId]?.Type === 'AWS::Lambda::Function')
      return `arn:${partition}:lambda:${region}:${account}:function:${name}`;
    return attribute === 'Arn' ? `arn:${name}` : `${name}.${attribute}`;
  }

  function exported(name: unknown): unknown {
    for (const stack of parsed)
      for (const output of Object.values(stack.Outputs))
        if (output.Export?.Name === name) return resolve(stack, output.Value);
    throw new Error(`No stack exports ${JSON.stringify(name)}.`);
  }

  function resolve(stack: Parsed, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => resolve(stack, item));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [key, argument] = entries[0] ?? [];
    if (entries.length !== 1 || key === undefined || !(key === 'Ref' || key.startsWith('Fn::')))
      return Object.fromEntries(entries.map(([name, item]) => [name, resolve(stack, item)]));
    switch (key) {
      case 'Ref':
        return nameOf(stack, String(argument));
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = z.tuple([z.string(), z.string()]).parse(argument);
        return attributeOf(stack, logicalId, attribute);
      }
      case 'Fn::Join': {
        const [delimiter, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(argument);
        return parts.map((part) => String(resolve(stack, part))).join(delimiter);
      }
      case 'Fn::Sub':
        return z
          .string()
          .parse(argument)
          .replace(/\$\{([\w:]+)\}/g, (_match, name: string) => nameOf(stack, name));
      case 'Fn::ImportValue':
        return exported(argument);
      default:
        throw new Error(`The intrinsic function ${key} in stack ${stack.name} is not known here.`);
    }
  }

  return parsed.flatMap((stack) =>
    Object.entries(stack.Resources).map(([logicalId, { Type, Properties, Metadata }]) => ({
      stack: stack.name,
      logicalId,
      type: Type,
      metadata: Metadata,
      properties: () => resolve(stack, Properties) as { [name: string]: unknown },
    })),
  );
}
