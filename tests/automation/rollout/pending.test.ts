import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { EngineEvent, PreviewOptions, Stack } from "@pulumi/pulumi/automation";
import { refusePending } from "../../../automation/commands/rollout/pending";

/** A stack whose preview shows these operations. */
const previewing = (...operations: readonly (readonly [op: string, type: string, name: string])[]) =>
  ({
    name: "pending-test",
    preview: async ({ onEvent }: PreviewOptions) => {
      for (const [op, type, name] of operations) {
        const metadata = { op, type, urn: `urn:pulumi:dev::istio-on-k3d::istio-on-k3d:index:Routing$${type}::${name}` };
        onEvent?.({ resourcePreEvent: { metadata } } as unknown as EngineEvent);
      }
    },
  }) as unknown as Stack;

const route = ["update", "kubernetes:networking.istio.io/v1:VirtualService", "routing-virtualservice"] as const;

describe("a change that is pending when a rollout begins", () => {
  afterEach(() => rmSync(".state/config/Pulumi.pending-test.yaml", { force: true }));

  it("is allowed if it is the route, which the rollout changes itself", async () => {
    const stack = previewing(["same", "command:local:Command", "cluster-nodes"], route);
    await assert.doesNotReject(refusePending(stack, () => {}));
  });

  it("is refused by name if it replaces the cluster, with the command to type", async () => {
    const stack = previewing(
      ["create-replacement", "command:local:Command", "cluster-nodes"],
      ["replace", "command:local:Command", "cluster-nodes"],
      ["update", "kubernetes:apps/v1:Deployment", "app-v2"],
      route,
    );
    await assert.rejects(
      refusePending(stack, () => {}),
      {
        message:
          "the configuration has changes that are not applied (replace cluster-nodes, update app-v2), and a rollout changes the route alone; fix: npm start, then npm run rollout",
        exitCode: 2,
      },
    );
  });

  it("is listed with at most four others, so that the message stays short", async () => {
    const many = Array.from({ length: 8 }, (_, i) => ["update", "kubernetes:core/v1:Pod", `pod-${i}`] as const);
    await assert.rejects(
      refusePending(previewing(...many), () => {}),
      { message: /pod-4 and 3 more\), and a rollout/ },
    );
  });
});
