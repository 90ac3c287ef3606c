import { get } from "../../../host/http";
import { binomialBand } from "../../../model/canary/share";
import { countsOf } from "../../../model/canary/tallyCounts";
import type { Subset } from "../../../model/names";
import type { Settings } from "../../../model/settings/contract";
import { noHeader } from "../../../model/settings/forms";
import { affinityCookie } from "../../../model/traffic/canaryRoutes";
import { published } from "../../stack/running";
import { gatewayTallies } from "../rollout/gatewayCounters";
import type { Check, Subject } from "./check";

const few = 20;
const many = 200;

/** How often each subset answered. */
async function answers(subject: Subject, requests: number, headers: Readonly<Record<string, string>>) {
  const seen: Record<Subset, number> = { v1: 0, v2: 0 };
  for (let i = 0; i < requests; i++) {
    const { subset } = await get({ ...published(subject), headers: { ...subject.headers, ...headers } });
    if (subset === "v1" || subset === "v2") seen[subset]++;
  }
  return seen;
}

const header: Check = {
  step: 9,
  name: "a request header chooses the version",
  when: ({ canaryHeader }) => canaryHeader !== noHeader,
  see: async (subject) => {
    const name = subject.settings.canaryHeader;
    const always = await answers(subject, few, { [name]: "always" });
    const never = await answers(subject, few, { [name]: "never" });
    return {
      holds: always.v2 === few && never.v1 === few,
      evidence: `${name}: always ${always.v2} of ${few} by v2, never ${never.v1} of ${few} by v1`,
    };
  },
};

/** Requests after which a client got version 2 at least once, but for one run in ten thousand. */
const untilCanary = ({ canaryWeight }: Settings): number =>
  canaryWeight === 100 ? 1 : Math.ceil(Math.log(1e-4) / Math.log(1 - canaryWeight / 100));

const affinity: Check = {
  step: 9,
  name: "a client that got version 2 stays with it",
  when: ({ canaryAffinity, canaryWeight }) => canaryAffinity > 0 && canaryWeight > 0,
  see: async (subject) => {
    for (let left = untilCanary(subject.settings); left > 0; left--) {
      const { subset, cookies } = await get(published(subject));
      const [cookie] = (cookies ?? []).filter((text) => text.startsWith(`${affinityCookie}=`));
      if (subset !== "v2") continue;
      if (!cookie) return { holds: false, evidence: "version 2 gave no cookie" };
      const [pair = ""] = cookie.split(";");
      const { v2 } = await answers(subject, few, { cookie: pair });
      return { holds: v2 === few, evidence: `with ${pair} ${v2} of ${few} by v2` };
    }
    return { holds: false, evidence: "no answer by version 2" };
  },
};

const mirror: Check = {
  step: 9,
  name: "version 2 gets its copies of requests",
  when: ({ mirrorPercent }) => mirrorPercent > 0,
  see: async (subject) => {
    const before = await gatewayTallies(subject.api);
    const { v2 } = await answers(subject, many, {});
    const after = await gatewayTallies(subject.api);
    const total = (tallies: typeof before) =>
      [...tallies.values()].reduce((sum, { v2 }) => sum + countsOf(v2, undefined).requests, 0);
    const copies = total(after) - total(before) - v2;
    const { low } = binomialBand(many, subject.settings.mirrorPercent / 100);
    return {
      holds: copies >= low,
      evidence: `${copies} copies of ${many} requests, at least ${low} in 99.9 % of runs, by the gateway's counters`,
    };
  },
};

/** Steps for routes beside the split by weight, each made where it is configured. */
export const routeChecks: readonly Check[] = [header, affinity, mirror];
