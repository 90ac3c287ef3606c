import assert from "node:assert/strict";
import { isRoutedByOther, patchRoutes } from "../../../automation/commands/rollout/routedWeight";
import { ApiRefused } from "../../../host/kubernetes";
import { parseSettings } from "../../../model/settings/parse";
import { canaryRoute } from "../../../model/traffic/canaryRoute";

type Routing = "istio" | "gateway-api";
const { settings } = parseSettings({});
assert.ok(settings);
const pathOf = (routing: Routing) => canaryRoute({ routing }).path;

/** A cluster with the routes of these APIs. Requests for the others, and all to `failing`, get an error. */
function cluster(has: readonly Routing[], failing: Partial<Readonly<Record<Routing, number>>> = {}) {
  const patched: Routing[] = [];
  const answer = async (path: string) => {
    const routing: Routing = path === pathOf("istio") ? "istio" : "gateway-api";
    const status = failing[routing] ?? (has.includes(routing) ? 200 : 404);
    if (status !== 200) throw new ApiRefused(status, path, "no");
    return routing;
  };
  const get = async <T>(path: string) => ({ kind: await answer(path) }) as T;
  const patch = async (path: string) => void patched.push(await answer(path));
  return { patched, api: { get, patch } };
}

describe("a rollback of the route", () => {
  for (const [title, configured, has, failing] of [
    ["changes the one that the configuration names", "istio", ["istio"], {}],
    ["changes the other one if `routing` was changed and not applied", "gateway-api", ["istio"], {}],
    ["changes both if a change of `routing` was killed", "gateway-api", ["istio", "gateway-api"], {}],
    ["needs no right for the other API", "istio", ["istio"], { "gateway-api": 403 }],
  ] as const)
    it(title, async () => {
      const { api, patched } = cluster(has, failing);
      await patchRoutes(api, { ...settings, routing: configured }, 10);
      assert.deepEqual(patched.sort(), [...has].sort());
    });

  for (const [title, configured, has, failing, message] of [
    ["there is none", "istio", [], {}, /^the cluster has no route to the app$/],
    ["the API server does not answer for it", "istio", [], { istio: 500 }, /answers 500/],
    ["it does not answer for the other one", "istio", ["istio"], { "gateway-api": 500 }, /answers 500/],
    ["the user may not change it", "istio", [], { istio: 403 }, /answers 403/],
  ] as const)
    it(`fails if ${title}, so that it is tried again`, async () => {
      const { api } = cluster(has, failing);
      await assert.rejects(patchRoutes(api, { ...settings, routing: configured }, 10), { message });
    });
});

describe("a change of `routing` that is not applied", () => {
  for (const [configured, has, failing, isOther] of [
    ["gateway-api", ["istio"], {}, true],
    ["istio", ["gateway-api"], {}, true],
    ["istio", ["istio"], {}, false],
    ["gateway-api", ["istio", "gateway-api"], {}, false],
    ["istio", [], {}, false],
    ["gateway-api", ["istio"], { "gateway-api": 500 }, false],
  ] as const)
    it(`is ${isOther ? "seen" : "not assumed"} with ${configured} configured, ${has.join(" and ") || "no route"} in the cluster${Object.keys(failing).length > 0 ? ", and an error" : ""}`, async () => {
      const { api } = cluster(has, failing);
      assert.equal(await isRoutedByOther(api, { routing: configured }), isOther);
    });
});
