import { PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { templatesIn } from './assembly.ts';
import { AwsApis, OPERATOR } from './aws.ts';
import type { Assembly } from './deployment.ts';
import { REGION } from './place.ts';
import { resourcesOf } from './stacks.ts';

/** Puts the tags on the buckets that the template gives them: the server's CloudFormation leaves them out. */
export async function tagBuckets(url: string, { deployable }: Assembly): Promise<void> {
  const s3 = new S3Client({ endpoint: url, region: REGION, credentials: OPERATOR, forcePathStyle: true });
  for (const [stack, template] of templatesIn(deployable)) {
    const buckets = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::S3::Bucket');
    if (buckets.length === 0) continue;
    const made = await resourcesOf(new AwsApis(url), stack);
    for (const [logicalId, { Properties }] of buckets) {
      const name = made.find((resource) => resource.logicalId === logicalId)?.physicalId;
      const TagSet = Properties?.Tags as { Key: string; Value: string }[] | undefined;
      if (TagSet !== undefined) await s3.send(new PutBucketTaggingCommand({ Bucket: name, Tagging: { TagSet } }));
    }
  }
}
