/**
 * Which endpoint each service has. `workers/config` reads it; nothing above the client factory looks into it,
 * and nothing at all asks whether it is local.
 */
export interface Environment {
  readonly project: string;
  /** Region, such as `us-central1`. */
  readonly location: string;
  /** The bucket of everything that runs leave, without `gs://`. */
  readonly bucket: string;
  /** Folder of recipe files. */
  readonly recipes: string;
  /** The trainer's container, by tag; `resolve` pins it by digest. */
  readonly trainerImage: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    /** Base address of the Temporal UI, for links. */
    readonly uiUrl: string | null;
  };
  readonly vertex: {
    /** `host:port` of the gRPC endpoint. */
    readonly endpoint: string;
    readonly plaintext: boolean;
    /** Base address of the pages on which a person looks at jobs; null where there are none. */
    readonly console: string | null;
    /** How often a running job is looked at. */
    readonly pollSeconds: number;
  };
  readonly storage: {
    /** Base URL; null for Google's own. */
    readonly endpoint: string | null;
    readonly anonymous: boolean;
  };
  /** Google's own, with the machine's credentials, when left out. */
  readonly bigquery?: {
    /** Base URL; null for Google's own. */
    readonly endpoint: string | null;
    readonly anonymous: boolean;
  };
  readonly hub: {
    readonly url: string;
    /** Name of the environment variable that holds the token; the token itself is never kept. */
    readonly tokenVariable: string | null;
  };
  readonly registry: {
    /** Base URL of the OCI registry that answers for `trainerImage`; null to take it from the image's host. */
    readonly endpoint: string | null;
  };
}
