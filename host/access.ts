import type { RequestOptions } from "node:https";

/** Where an API server is, and how to authenticate with it. */
export interface Access {
  /** URL of the server, which may have a path, as Rancher's have. */
  readonly server: string;
  /** Certificates, headers and proxy of each request. */
  readonly options: RequestOptions;
}
