import type { TemplateResource } from './assembly.ts';

/** Something that the server's CloudFormation cannot take; DEPARTURES.md says how each was seen. */
export interface Departure {
  readonly name: string;
  readonly resource?: (resource: TemplateResource) => boolean;
  readonly output?: (value: unknown) => boolean;
}

const ofType = (name: string): Departure => ({ name, resource: ({ Type }) => Type === name });

/** What is taken out of the copy of the assembly that is deployed here. Nothing else is. */
export const departures: readonly Departure[] = [
  // Made through the API instead, as CloudFormation would: see state-machine-versions.ts.
  ofType('AWS::StepFunctions::StateMachineVersion'),
  ofType('AWS::StepFunctions::StateMachineAlias'),
  ofType('AWS::WAFv2::WebACLAssociation'),
  {
    name: 'AWS::CloudWatch::Alarm with metric math',
    resource: ({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics !== undefined,
  },
  { name: 'DKIM tokens of AWS::SES::EmailIdentity', output: (value) => JSON.stringify(value).includes('DkimDNSToken') },
];
