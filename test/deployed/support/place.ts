/** The account that the server keeps things under: an access key of twelve digits names one. */
export const ACCOUNT = '111122223333';

export const REGION = 'eu-west-1';

/** What points CDK, the SDK and the command line at the server. The secret key is any text: the server asks for none. */
export function awsVariables(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
