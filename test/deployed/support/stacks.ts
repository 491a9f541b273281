import { type AwsApis, elements } from './aws.ts';

/** A resource as CloudFormation knows it. */
export interface StackResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
}

const VERSION = '2010-05-15';

/** The stacks that are there, by name, with their status; deleted ones are not. */
export async function stacks(aws: AwsApis): Promise<ReadonlyMap<string, string>> {
  const xml = await aws.query('cloudformation', VERSION, 'DescribeStacks');
  return new Map(
    elements(xml, 'member').flatMap((member) => {
      const name = /<StackName>([^<]+)</.exec(member)?.[1];
      const status = /<StackStatus>([^<]+)</.exec(member)?.[1];
      return name === undefined || status === undefined || status === 'DELETE_COMPLETE' ? [] : [[name, status]];
    }),
  );
}

/** Everything that a stack has made. */
export async function resourcesOf(aws: AwsApis, stack: string): Promise<StackResource[]> {
  const xml = await aws.query('cloudformation', VERSION, 'DescribeStackResources', { StackName: stack });
  return elements(xml, 'member').map((member) => {
    const field = (tag: string) => elements(member, tag)[0] ?? '';
    return {
      stack,
      logicalId: field('LogicalResourceId'),
      physicalId: field('PhysicalResourceId'),
      type: field('ResourceType'),
      status: field('ResourceStatus'),
    };
  });
}

/** An output of a stack by the beginning of its name. */
export async function outputOf(aws: AwsApis, stack: string, name: string): Promise<string> {
  const xml = await aws.query('cloudformation', VERSION, 'DescribeStacks', { StackName: stack });
  for (const member of elements(xml, 'member')) {
    const key = /<OutputKey>([^<]+)</.exec(member)?.[1];
    const value = /<OutputValue>([^<]+)</.exec(member)?.[1];
    if (key?.startsWith(name) === true && value !== undefined) return value;
  }
  throw new Error(`The stack ${stack} has no output ${name}.`);
}
