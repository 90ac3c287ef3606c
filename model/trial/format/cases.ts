import type { Place } from "../manifests/source";
import type { Failure, TlsVersion } from "./shapes";

/** End of a request: a status or a failure. */
export type Result = number | Failure;

/** Misbehaviour of a stand-in. */
export interface Behaviour {
  readonly delay?: string;
  readonly status?: number;
  readonly grpcStatus?: number;
  readonly reset?: boolean;
  readonly first?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TokenSpec {
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string | readonly string[];
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly expired?: boolean;
  readonly forged?: boolean;
  readonly header?: string;
  readonly prefix?: string;
  readonly parameter?: string;
  readonly cookie?: string;
}

/** A request as a test file describes it. */
export interface RequestSpec {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly http2?: boolean;
  readonly host?: string;
  readonly sni?: string;
  readonly token?: TokenSpec;
  readonly clientCertificate?: "trusted" | "foreign";
  readonly tlsVersion?: TlsVersion;
  readonly timeout?: string;
}

/** Expected results of a request. */
export interface Expectation {
  readonly status?: readonly Result[];
  readonly by?: readonly string[];
  /** Workloads that must not have answered. */
  readonly notBy?: readonly string[];
  readonly reached?: readonly string[];
  readonly sameWorkload?: boolean;
  readonly share?: Readonly<Record<string, number>>;
  readonly tolerance?: number;
  readonly path?: string;
  readonly host?: string;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly location?: string;
  /** Target of a redirect that must not be answered. */
  readonly notLocation?: string;
  readonly body?: string;
  readonly grpcStatus?: number;
  readonly attempts?: number | string;
  readonly seconds?: string;
  readonly peer?: string;
  readonly tls?: boolean;
  readonly protocol?: "HTTP/1.1" | "HTTP/2";
  readonly certificate?: readonly string[];
  readonly mirrored?: readonly string[];
  readonly mirroredShare?: Readonly<Record<string, number>>;
}

/** One request, or several that are the same, from one caller, with what should come of it. */
export interface Case extends Place {
  readonly it: string;
  readonly from: string;
  readonly request: RequestSpec;
  readonly times: number;
  readonly concurrent: number;
  readonly given: Readonly<Record<string, Behaviour>>;
  readonly expect: Expectation;
}

export interface CallerSpec extends Place {
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly sidecar?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly gateway?: string;
}

export interface WorkloadSpec extends Place {
  readonly ports?: Readonly<Record<string, number>>;
  readonly versions?: readonly string[];
  readonly replicas?: number;
  readonly sidecar?: boolean;
}

/** All test files together. */
export interface Tests {
  readonly callers: ReadonlyMap<string, CallerSpec>;
  /** By NAMESPACE/SERVICE. */
  readonly workloads: ReadonlyMap<string, WorkloadSpec>;
  readonly cases: readonly Case[];
}
