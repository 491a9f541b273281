import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts one finding of cdk-nag on a construct and what is below it, with the reason that reviewers read. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  // What `Validations.of(construct).acknowledge` records, without the stack trace that it adds: that holds this machine's paths.
  construct.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason });
}

/**
 * Accepts that a policy of this construct names a resource with a wildcard.
 * @param arn the resource as the policy names it; other wildcards stay findings.
 */
export function acknowledgeWildcard(construct: IConstruct, arn: string, reason: string): void {
  const resource = flatten(Stack.of(construct).resolve(arn));
  acknowledge(construct, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
}

type Intrinsic = string | { 'Fn::Join': [string, Intrinsic[]] } | { 'Fn::GetAtt': string[] } | { Ref: string };

/** A resource as cdk-nag writes it in a finding: references in angle brackets. */
function flatten(value: Intrinsic): string {
  if (typeof value === 'string') return value;
  if ('Fn::Join' in value) return value['Fn::Join'][1].map(flatten).join(value['Fn::Join'][0]);
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  return `<${value.Ref}>`;
}
