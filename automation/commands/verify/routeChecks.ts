import { getFrom } from "../../../host/http";
import { binomialBand } from "../../../model/canary/share";
import { countsOf } from "../../../model/canary/tallyCounts";
import type { Subset } from "../../../model/names";
import type { Settings } from "../../../model/settings/contract";
import { noHeader } from "../../../model/settings/forms";
import { affinityCookie } from "../../../model/traffic/canaryRoutes";
import { publishedTarget } from "../../stack/runningEnvironment";
import { gatewayTallies } from "../rollout/gatewayCounters";
import type { Check, CheckContext } from "./check";

const few = 20;
const many = 200;

/** Sends requests, and counts the answers of each subset. */
async function answers(context: CheckContext, requests: number, headers: Readonly<Record<string, string>>) {
  const counts: Record<Subset, number> = { v1: 0, v2: 0 };
  for (let i = 0; i < requests; i++) {
    const { subset } = await getFrom({ ...publishedTarget(context), headers: { ...context.headers, ...headers } });
    if (subset === "v1" || subset === "v2") counts[subset]++;
  }
  return counts;
}

const header: Check = {
  step: 9,
  id: "header-routing",
  title: "a request header selects the version",
  section: "inside-the-mesh",
  when: ({ canaryHeader }) => canaryHeader !== noHeader,
  run: async (context) => {
    const name = context.settings.canaryHeader;
    const always = await answers(context, few, { [name]: "always" });
    const never = await answers(context, few, { [name]: "never" });
    return {
      passed: always.v2 === few && never.v1 === few,
      evidence: `${name}: always ${always.v2} of ${few} by v2, never ${never.v1} of ${few} by v1`,
    };
  },
};

/** Number of requests after which version 2 has answered at least once, except in one run of ten thousand. */
const untilCanary = ({ canaryWeight }: Settings): number =>
  canaryWeight === 100 ? 1 : Math.ceil(Math.log(1e-4) / Math.log(1 - canaryWeight / 100));

const affinity: Check = {
  step: 9,
  id: "affinity",
  title: "a client that got version 2 stays with it",
  section: "inside-the-mesh",
  when: ({ canaryAffinity, canaryWeight }) => canaryAffinity > 0 && canaryWeight > 0,
  run: async (context) => {
    for (let left = untilCanary(context.settings); left > 0; left--) {
      const { subset, cookies } = await getFrom(publishedTarget(context));
      const [cookie] = (cookies ?? []).filter((text) => text.startsWith(`${affinityCookie}=`));
      if (subset !== "v2") continue;
      if (!cookie) return { passed: false, evidence: "version 2 gave no cookie" };
      const [pair = ""] = cookie.split(";");
      const { v2 } = await answers(context, few, { cookie: pair });
      return { passed: v2 === few, evidence: `with ${pair} ${v2} of ${few} by v2` };
    }
    return { passed: false, evidence: "no answer by version 2" };
  },
};

const mirror: Check = {
  step: 9,
  id: "mirror",
  title: "version 2 gets its copies of requests",
  section: "inside-the-mesh",
  when: ({ mirrorPercent }) => mirrorPercent > 0,
  run: async (context) => {
    const before = await gatewayTallies(context.api);
    const { v2 } = await answers(context, many, {});
    const after = await gatewayTallies(context.api);
    const total = (tallies: typeof before) =>
      [...tallies.values()].reduce((sum, { v2 }) => sum + countsOf(v2, undefined).requests, 0);
    const copies = total(after) - total(before) - v2;
    const { low } = binomialBand(many, context.settings.mirrorPercent / 100);
    return {
      passed: copies >= low,
      evidence: `${copies} copies of ${many} requests, at least ${low} in 99.9 % of runs, by the gateway's counters`,
    };
  },
};

/** Checks of routes other than the split by weight; each is made if it is configured. */
export const routeChecks: readonly Check[] = [header, affinity, mirror];
