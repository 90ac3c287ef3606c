import type { Subset } from "../names";
import type { StepList } from "../output/stepList";
import type { CallOutcome } from "../security/mtls";

/** A part of the page: its value, or the reason why it could not be read. An unknown part is never shown as healthy. */
export type ViewPart<Value> = { readonly value: Value } | { readonly unknown: string };

/** Requests to each version that the ingress gateway counted between two readings. */
export interface TrafficShares {
  /** Time between the two readings, in seconds. */
  readonly seconds: number;
  readonly requests: Readonly<Record<Subset, number>>;
  /** Requests that ended with 5xx or without a complete response. */
  readonly failures: Readonly<Record<Subset, number>>;
}

/** Weights of version 2 in percent. */
export interface Weights {
  readonly configured: number;
  /** Weight in the route, which a rollout or a person may have changed. */
  readonly routed: number;
}

/** Outcome of a call to one target, by name of the caller. */
export interface MtlsRow {
  readonly target: string;
  readonly mode: string;
  readonly scope: string;
  readonly calls: Readonly<Record<string, CallOutcome>>;
}

export interface Certificate {
  readonly names: string;
  readonly issuer: string;
  /** End of its validity. */
  readonly until: Date;
}

export interface PodRow {
  readonly namespace: string;
  readonly name: string;
  /** Ready containers of all containers, such as `2/2`. */
  readonly ready: string;
  readonly status: string;
  readonly healthy: boolean;
  readonly restarts: number;
}

/** The last rollout or upgrade, and its picture. */
export interface ProgressPart extends StepList {
  readonly picture?: string | undefined;
  /** True while a process drives it. */
  readonly isRunning: boolean;
}

/** Mesh tests of the stack. */
export interface TrialsPart {
  /** Process of the run that is under way. Undefined without one. */
  readonly process: number | undefined;
  /** Undefined without a report. */
  readonly last: TrialPart | undefined;
}

/** The report of the last mesh test. */
export interface TrialPart {
  readonly folder: string;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  /** Time of the report. */
  readonly at: Date;
}

/** Everything that the page shows, as read at one time. */
export interface View {
  readonly stack: string;
  readonly at: Date;
  readonly addresses: readonly string[];
  readonly weights: ViewPart<Weights>;
  readonly traffic: ViewPart<TrafficShares>;
  readonly mtls: ViewPart<readonly MtlsRow[]>;
  readonly certificate: ViewPart<Certificate>;
  readonly pods: ViewPart<readonly PodRow[]>;
  /** Undefined when there was no rollout. */
  readonly rollout: ViewPart<ProgressPart | undefined>;
  /** Undefined when Istio was never upgraded. */
  readonly upgrade: ViewPart<ProgressPart | undefined>;
  readonly trials: ViewPart<TrialsPart>;
}
