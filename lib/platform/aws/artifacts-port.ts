import { S3Client } from '@aws-sdk/client-s3';
import { s3ArtifactEraser, s3ArtifactReader, s3ArtifactStore } from '../artifacts/s3.ts';
import type { Port } from './place.ts';

/** Reads artifacts. */
export const artifactsReadPort: Port = ({ settings, client }, { artifacts }) => ({
  artifacts: { ...artifacts, ...s3ArtifactReader(client(S3Client), settings.artifactsBucket) },
});

/** Reads artifacts and stores new ones. */
export const artifactsPort: Port = ({ settings, client }, { artifacts }) => ({
  artifacts: { ...artifacts, ...s3ArtifactStore(client(S3Client), settings.artifactsBucket) },
});

/** Erases artifacts. */
export const artifactsErasePort: Port = ({ settings, client }, { artifacts }) => ({
  artifacts: { ...artifacts, ...s3ArtifactEraser(client(S3Client), settings.artifactsBucket) },
});
