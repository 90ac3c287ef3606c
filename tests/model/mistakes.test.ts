import assert from "node:assert/strict";
import { parseSettings } from "../../model/settings/parse";
import { destinationRuleSpec, gatewaySpec, virtualServiceSpec } from "../../model/traffic/traffic";
import { type Lesson, lessonText, routingMistakes, type Specs } from "../../model/verification/mistakes";
import { violations } from "../support/crds";

const { settings } = parseSettings({ httpPort: "8080", httpsPort: "8443", canaryHeader: "x-canary" });
assert.ok(settings);
const right: Specs = {
  VirtualService: virtualServiceSpec(settings),
  DestinationRule: destinationRuleSpec(),
  Gateway: gatewaySpec(settings),
};

describe("each mistake in routing", () => {
  for (const { mistake, edits } of routingMistakes)
    it(`changes something that the API server takes: ${mistake}`, () => {
      const kinds = Object.keys(edits) as (keyof Specs)[];
      assert.ok(kinds.length > 0);
      for (const kind of kinds) {
        const edit = edits[kind] as (spec: object, by: object) => object;
        const wrong = edit(right[kind], settings);
        assert.notDeepEqual(wrong, right[kind], kind);
        assert.deepEqual(violations({ apiVersion: "networking.istio.io/v1", kind, spec: wrong } as never), [], kind);
      }
    });

  it("leaves the routes that are not the mistake's as they were", () => {
    const subset = routingMistakes.find(({ wrong }) => wrong === "subset: v3");
    const http = subset?.edits.VirtualService?.(right.VirtualService, settings).http ?? [];
    assert.deepEqual(http.slice(0, -1), right.VirtualService.http?.slice(0, -1));
    assert.deepEqual(
      http.at(-1)?.route?.map(({ destination }) => destination.subset),
      ["v3", "v3"],
    );
  });
});

describe("a lesson", () => {
  it("says of each mistake what it showed, why, and what to do instead", () => {
    const lesson: Lesson = {
      mistake: "no namespace",
      wrong: "gateways: [a]",
      right: "gateways: [b/a]",
      why: "a is b's",
      outcome: "shown",
      evidence: "404",
    };
    assert.equal(
      lessonText([lesson, { ...lesson, outcome: "not known", evidence: "no answer" }]),
      [
        "1  no namespace",
        "   mistake   gateways: [a]",
        "   shown     404",
        "   why       a is b's",
        "   instead   gateways: [b/a]",
        "",
        "2  no namespace",
        "   mistake   gateways: [a]",
        "   not known no answer",
        "   why       a is b's",
        "   instead   gateways: [b/a]",
        "",
        "1 of 2 mistakes showed what they do; all are put back",
      ].join("\n"),
    );
  });
});
