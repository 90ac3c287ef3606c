import assert from "node:assert/strict";
import { type Registered, runProgram } from "../support/program";

interface Context {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
}
interface Template {
  readonly spec: {
    readonly securityContext?: Context;
    readonly containers: readonly { readonly name: string; readonly securityContext?: Context }[];
    readonly hostNetwork?: boolean;
    readonly volumes?: readonly { readonly hostPath?: unknown }[];
  };
}

const podTemplate = ({ inputs }: Registered) => (inputs["spec"] as { template: Template }).template;
const deployments = async (config: Readonly<Record<string, string>>) =>
  (await runProgram(config)).resources.filter(({ type }) => type === "kubernetes:apps/v1:Deployment");

describe("the pods of the program", () => {
  it("run under the restricted Pod Security Standard, the pages' and the login's too", async () => {
    const login = { tokens: "true", loginIssuer: "https://login.test", loginClient: "mesh", loginClientSecret: "s" };
    const made = await deployments({ prometheus: "true", grafana: "true", kiali: "true", ...login });
    assert.deepEqual(made.map(({ name }) => name).length, 6);
    for (const deployment of made) {
      const { spec } = podTemplate(deployment);
      const pod = spec.securityContext;
      assert.equal(pod?.runAsNonRoot, true, deployment.name);
      assert.ok((pod?.runAsUser ?? 0) > 0, deployment.name);
      assert.equal(pod?.seccompProfile?.type, "RuntimeDefault", deployment.name);
      assert.ok(!spec.hostNetwork && !spec.volumes?.some(({ hostPath }) => hostPath), deployment.name);
      for (const { securityContext } of spec.containers) {
        assert.equal(securityContext?.allowPrivilegeEscalation, false, deployment.name);
        assert.deepEqual(securityContext?.capabilities, { drop: ["ALL"] }, deployment.name);
      }
    }
  });

  it("keep the user of an image that was built from the app's folders", async () => {
    const made = await deployments({ appSource: "folder" });
    for (const deployment of made) {
      const { spec } = podTemplate(deployment);
      assert.equal(spec.securityContext?.runAsUser, undefined);
      assert.equal(spec.containers[0]?.securityContext?.allowPrivilegeEscalation, false);
    }
    assert.equal(made.length, 2);
  });
});
