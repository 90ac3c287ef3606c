import assert from "node:assert/strict";
import { membershipLabels } from "../../../model/security/membership";
import { parseSettings, problemsText } from "../../../model/settings/parse";

type Config = Readonly<Record<string, string>>;

/** Texts of the problems of a configuration. */
const refusals = (config: Config): string[] =>
  problemsText(parseSettings(config).problems)
    .split("\n")
    .slice(1)
    .map((line) => line.trim());

const set = (key: string, value: string) => `fix: npm run pulumi -- config set ${key} ${value}`;
const needsAmbient = `waypoint = "true" needs dataplane = ambient, since sidecars route the calls of their pods themselves; with sidecars it must be false; ${set("dataplane", "ambient")}`;
const needsGatewayApi = `waypoint = "true" needs routing = gateway-api, since a waypoint is a Gateway of that API and follows its routes; with routing = istio it must be false; ${set("routing", "gateway-api")}`;
const protectsNothing = `mtlsMode = "STRICT" must not be STRICT while sidecarInjection is off, since it would protect nothing; ${set("sidecarInjection", "namespace")}`;
const noSidecars =
  'sidecarInjection = "deployment" has no effect with dataplane = ambient, since its pods get no sidecars; allowed there: namespace, which is the default, or off; fix: npm run pulumi -- config rm sidecarInjection';

const full = { dataplane: "ambient", routing: "gateway-api", waypoint: "true" };

/** A configuration that works, one key that a user changes, and the refusals of the change. None if the change works. */
const switches: readonly (readonly [before: Config, change: Config, refusals: readonly string[]])[] = [
  [{ sidecarInjection: "namespace" }, { dataplane: "ambient" }, []],
  [{ sidecarInjection: "off" }, { dataplane: "ambient" }, []],
  [{ sidecarInjection: "deployment" }, { dataplane: "ambient" }, [noSidecars]],
  [{ dataplane: "ambient", sidecarInjection: "namespace" }, { dataplane: "sidecar" }, []],
  [{ dataplane: "ambient", sidecarInjection: "off" }, { dataplane: "sidecar" }, []],
  [{ dataplane: "ambient", sidecarInjection: "off", mtlsMode: "STRICT" }, { dataplane: "sidecar" }, [protectsNothing]],
  [{ dataplane: "ambient" }, { sidecarInjection: "deployment" }, [noSidecars]],
  [full, { dataplane: "sidecar" }, [needsAmbient]],
  [full, { routing: "istio" }, [needsGatewayApi]],
  [full, { dataplane: "sidecar", waypoint: "false" }, []],
  [full, { routing: "istio", waypoint: "false" }, []],
  [{}, { waypoint: "true" }, [needsAmbient, needsGatewayApi]],
  [{ dataplane: "ambient" }, { waypoint: "true" }, [needsGatewayApi]],
  [{ routing: "gateway-api" }, { waypoint: "true" }, [needsAmbient]],
  [{ dataplane: "ambient", routing: "gateway-api" }, { waypoint: "true" }, []],
];

describe("a change of the dataplane, of the routes or of the waypoint", () => {
  for (const [before, change, expected] of switches)
    it(`${expected.length > 0 ? "is refused" : "works"}: ${JSON.stringify(before)} with ${JSON.stringify(change)}`, () => {
      assert.deepEqual(refusals(before), []);
      assert.deepEqual(refusals({ ...before, ...change }), expected);
    });

  it("adds the app's namespace to ambient whatever sidecarInjection says, and never also to a sidecar injector", () => {
    for (const sidecarInjection of ["namespace", "off"] as const) {
      const labels = membershipLabels({ dataplane: "ambient", sidecarInjection, sidecarVersion: "1.30.3" });
      assert.deepEqual(labels.namespaceLabels, { "istio.io/dataplane-mode": "ambient" });
      assert.deepEqual(labels.podLabels, {});
    }
  });
});
