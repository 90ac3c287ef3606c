/** Answers of one version: shares of its requests from 0 to 1. */
export interface Behaviour {
  readonly serverErrors: number;
  readonly clientErrors: number;
  readonly noAnswer: number;
  readonly slow: number;
}

/** Two versions, and the end that is right for them. */
export interface Scenario {
  readonly name: string;
  readonly stable: Behaviour;
  readonly canary: Behaviour;
  /** Weight up to which the canary behaves like the stable version. @default 0 */
  readonly fromWeight?: number;
  /** First requests of the canary that are slow, and those of them that fail. */
  readonly cold?: { readonly slow: number; readonly failing: number };
  /** True if a request without an answer does not show its version, as with probes that time out. */
  readonly unattributed?: boolean;
  /** True if requests without an answer last until their client gives up, after five seconds. */
  readonly hangs?: boolean;
  /** True if no request is measured. */
  readonly silent?: boolean;
  /** `good` if version 2 should get all traffic, `bad` if it must not, `neither` if it cannot be decided. */
  readonly canaryIs: "good" | "bad" | "neither";
  /** Share of the canary's requests that the stable version would have answered better. */
  readonly harm: number;
}

/** Share of answers above the threshold for slow, which is the stable version's 90th percentile. */
const slow = 0.1;
/** The same share when every answer takes half as long again, for log-normal times with a deviation of 0.5. */
const slowByHalf = 0.319;

const behaviour = (differences: Partial<Behaviour> = {}): Behaviour => ({
  serverErrors: 0,
  clientErrors: 0,
  noAnswer: 0,
  slow,
  ...differences,
});

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

const equal = (serverErrors: number): Scenario => ({
  name: `both ${percent(serverErrors)} errors`,
  stable: behaviour({ serverErrors }),
  canary: behaviour({ serverErrors }),
  canaryIs: serverErrors < 0.05 ? "good" : "neither",
  harm: 0,
});

const worse = (by: number, stable: number): Scenario => ({
  name: `${percent(stable)} errors, canary ${percent(stable + by)}`,
  stable: behaviour({ serverErrors: stable }),
  canary: behaviour({ serverErrors: stable + by }),
  canaryIs: "bad",
  harm: by,
});

const bad = (name: string, canary: Partial<Behaviour>, harm: number, rest: Partial<Scenario> = {}): Scenario => ({
  name,
  stable: behaviour({ serverErrors: 0.001 }),
  canary: behaviour({ serverErrors: 0.001, ...canary }),
  canaryIs: "bad",
  harm,
  ...rest,
});

export const scenarios: readonly Scenario[] = [
  ...[0, 0.0005, 0.003, 0.005, 0.01, 0.02, 0.2].map((errors) =>
    errors === 0.0005 ? { ...equal(errors), name: "both 0.05 % errors" } : equal(errors),
  ),
  ...[0, 0.005, 0.02].flatMap((stable) => [0.005, 0.01, 0.05, 0.5].map((by) => worse(by, stable))),
  ...[0.01, 0.1].flatMap((noAnswer) => [
    bad(`hangs in ${percent(noAnswer)}, by gateway`, { noAnswer }, noAnswer, { hangs: true }),
    bad(`hangs in ${percent(noAnswer)}, by probes`, { noAnswer }, noAnswer, { hangs: true, unattributed: true }),
  ]),
  bad("cuts off 2 %", { noAnswer: 0.02 }, 0.02),
  bad("answers 404 to all", { clientErrors: 0.999 }, 1),
  bad("slower by half", { slow: slowByHalf }, 1),
  bad("5 % errors above weight 60", { serverErrors: 0.051 }, 0.05, { fromWeight: 60 }),
  bad("cold start", {}, 0, { cold: { slow: 50, failing: 4 }, canaryIs: "good" }),
  {
    name: "stable 20 % errors, canary 0.1 %",
    stable: behaviour({ serverErrors: 0.2 }),
    canary: behaviour({ serverErrors: 0.001 }),
    canaryIs: "good",
    harm: 0,
  },
  bad("nothing measured", {}, 0, { silent: true, canaryIs: "neither" }),
];
