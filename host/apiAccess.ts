import type { RequestOptions } from "node:https";

/** Address of an API server, and the credentials for it. */
export interface ApiAccess {
  /** URL of the server, which may have a path, as Rancher's have. */
  readonly server: string;
  /** Certificates, headers and proxy of each request. */
  readonly options: RequestOptions;
}
