import { rolloutPage, rolloutPicture } from "../../model/canary/chart/page";
import { noCounts } from "../../model/canary/evidence";
import type { RolloutEntry } from "../../model/canary/plan";
import { htmlPage, renderedMarkup } from "../../model/output/page";
import { tryPage } from "../../model/trial/report/html";
import type { CaseResult, Report } from "../../model/trial/report/result";
import type { UpgradeEntry, UpgradeEvent } from "../../model/upgrade/journal";
import { upgradePage, upgradePicture } from "../../model/upgrade/page";
import { upgradeSteps } from "../../model/upgrade/plan";
import { environmentSvg } from "../../model/verification/picture/environment";
import { environmentPage } from "../../model/verification/picture/page";
import { mtlsRows } from "../../model/view/liveModes";
import { viewContents } from "../../model/view/page";
import type { View } from "../../model/view/state";
import { longDomain, scene, scenes } from "../support/scenes";

const second = (n: number) => new Date(Date.UTC(2026, 10, 26, 12) + n * 1000).toISOString();
const counts = (requests: number, serverErrors = 0, noAnswer = 0, slow = 0) => ({
  ...noCounts,
  ...{ requests, serverErrors, noAnswer, slow, timed: requests },
});
const long = `https://helloworld.${longDomain}/a/path/that/goes/on?with=a&query=${"x".repeat(120)}`;
const reason = `failed requests: version 2 12.3 % (95 %: 10.1 to 14.8 %), version 1 0.1 %; the last of them was ${long}`;

const weights = [1, 2, 5, 10, 25, 50, 75, 90, 100];
/** A rollout of many short steps that ends in a rollback. */
const rollout: readonly RolloutEntry[] = [
  { at: second(0), kind: "begun", plan: { steps: weights, from: 0 } },
  ...weights.flatMap((weight, i): RolloutEntry[] => {
    const last = weight === 100;
    const [stable, canary] = [counts(5000 - weight * 40, 1), counts(weight * 50, last ? 400 : 1, last ? 90 : 0, 3)];
    const verdict = last
      ? ({ outcome: "fail", code: "failures", reason } as const)
      : ({ outcome: "pass", code: "as-good", reason: `failed requests: version 2 0.1 %, version 1 0.1 %` } as const);
    return [
      { at: second(i * 30), kind: "step", weight },
      { at: second(i * 30 + 15), kind: "measured", weight, stable, canary, unattributed: 2 },
      { at: second(i * 30 + 29), kind: "verdict", weight, verdict },
    ];
  }),
  { at: second(271), kind: "rolling back", to: 0, end: "rolled back", reason },
  { at: second(280), kind: "ended", end: "rolled back", reason },
];

const upgrade: readonly UpgradeEntry[] = (
  [
    { kind: "begun", plan: { from: "1.30.3", to: "1.31.4" } },
    { kind: "measured", phase: "before", ingress: counts(6000), mesh: counts(1500) },
    ...upgradeSteps.flatMap(({ name: step }): UpgradeEvent[] => [
      { kind: "step", step },
      {
        kind: "measured",
        phase: step,
        ingress: counts(6000, step === "gateway" ? 200 : 0),
        mesh: counts(1500),
      },
      {
        ...{ kind: "verdict", step, outcome: step === "gateway" ? "fail" : "pass", reason },
        proxies: { "1.30.3": 4, "1.31.4": 3 },
      },
    ]),
    { kind: "going back", reason },
    { kind: "measured", phase: "back", ingress: counts(3000), mesh: counts(700) },
    { kind: "ended", end: "taken back", reason },
  ] satisfies UpgradeEvent[]
).map((event, i) => ({ at: second(i * 15), ...event }));

const place = { file: `mesh/${"a-folder-with-a-long-name/".repeat(4)}routes.yaml`, line: 1234 };
const caseResult = (outcome: CaseResult["outcome"]): CaseResult => ({
  ...{ outcome, seconds: 1, requests: 100, seen: `200 by shop/reviews-v1, path ${long}` },
  mismatches: outcome === "fail" ? [{ expected: `status 200 by ${longDomain}`, seen: `503 UH at ${long}` }] : [],
  reasons:
    outcome === "fail" ? [{ text: `no endpoints of ${longDomain}`, place, fix: `subsets: [v1] in ${place.file}` }] : [],
  case: {
    ...place,
    ...{ it: `routes ${longDomain} to version 2`, from: "a-caller-with-a-long-name", times: 1, concurrent: 1 },
    ...{ request: { url: long }, given: {}, expect: {} },
  },
});
const testReport: Report = {
  ...{
    folder: place.file,
    stack: "dev",
    seconds: 12.3,
    notes: [long],
    missingLogs: [long],
    hints: [`IST0101 ${long}`],
  },
  results: [caseResult("fail"), caseResult("unknown"), ...Array.from({ length: 24 }, () => caseResult("pass"))],
  coverage: [{ ...place, what: `the route ${long}`, touched: false }],
  substitutions: [
    {
      object: `ServiceEntry ${longDomain}`,
      place: `${place.file}:${place.line}`,
      did: `resolves to a stand-in instead of ${longDomain}`,
    },
  ],
  against: "main",
  changes: [
    { it: long, from: "outside", request: `GET ${long}`, before: long, after: `503 UH at ${long}`, outcome: "fail" },
  ],
  leftOut: [{ ...place, object: `Deployment ${longDomain}`, why: "workloads are replaced by stand-ins" }],
};

const checks = (["passed", "failed", "unknown"] as const).map((outcome, i) => ({
  ...{ id: outcome, outcome, step: i + 1, title: `a request to ${longDomain} is routed`, evidence: `seen ${long}` },
}));
const { settings } = scene({ domain: longDomain });
/** A view with contents that are hard to lay out. */
export const view: View = {
  ...{ stack: "dev", at: new Date(second(0)), addresses: [long, long] },
  weights: { value: { configured: 10, routed: 50 } },
  traffic: { value: { seconds: 60, requests: { v1: 90_000, v2: 10_000 }, failures: { v1: 0, v2: 12 } } },
  mtls: {
    value: mtlsRows(settings, settings),
  },
  certificate: { unknown: `no answer from ${long}` },
  rollout: { value: { state: reason, steps: [reason], picture: rolloutPicture(rollout), isRunning: true } },
  upgrade: { value: { state: reason, steps: [reason], picture: upgradePicture(upgrade), isRunning: false } },
  trials: {
    value: { process: 4711, last: { folder: place.file, passed: 1, failed: 1, unknown: 1, at: new Date(second(0)) } },
  },
  pods: {
    value: [
      {
        ...{
          namespace: "helloworld",
          name: "helloworld-v1-".repeat(5),
          ready: "1/2",
          status: "CreateContainerConfigError",
        },
        ...{ healthy: false, restarts: 1234 },
      },
    ],
  },
};

/** Every kind of page, with contents that are hard to lay out. */
export const pages: Readonly<Record<string, string>> = {
  "a rollout of nine steps": rolloutPage(rollout),
  "a rollout of one step": rolloutPage(rollout.filter(({ at }) => at < second(30))),
  "an upgrade that is taken back": upgradePage(upgrade),
  "a mesh test": tryPage(testReport, new Date(second(0))),
  "the live view": htmlPage("Environment dev", renderedMarkup(`<main>${viewContents(view)}</main>`)),
  ...Object.fromEntries(
    Object.entries(scenes).map(([name, one]) => [
      `an environment with ${name}`,
      environmentPage(environmentSvg(one), checks),
    ]),
  ),
};
