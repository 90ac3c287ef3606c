import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { parseSettings } from "../../../model/settings/parse";
import { lessonSteps } from "../../../model/verification/lesson/page";
import versions from "../../../versions.json";

const manifests = parseAllDocuments(readFileSync("examples/wire/tap.yaml", "utf8")).map((one) => one.toJS());

describe("the pod that shows the bytes of the lesson", () => {
  it("has the pinned image, no sidecar and no privileges", () => {
    const { template } = manifests.find(({ kind }) => kind === "Deployment").spec;
    const [{ image, securityContext }] = template.spec.containers;
    assert.equal(image, versions.appBase);
    assert.equal(template.metadata.labels["sidecar.istio.io/inject"], "false");
    assert.equal(securityContext.allowPrivilegeEscalation, false);
    assert.deepEqual(securityContext.capabilities, { drop: ["ALL"] });
  });

  it("is called once by a pod without and once by a pod with a sidecar, and removed", () => {
    const { settings } = parseSettings({});
    assert.ok(settings);
    const wire = lessonSteps(settings, "10.44.0.239").find(({ step }) => step === 8)?.afterwards;
    const commands = wire?.commands ?? [];
    const callers = commands.filter((command) => command.startsWith("kubectl run "));
    assert.deepEqual(
      callers.map((command) => /inject=(\w+)/.exec(command)?.[1]),
      ["false", "true"],
    );
    assert.equal(commands.filter((command) => command.endsWith("http://tap.wire/")).length, 2);
    assert.equal(wire?.inspection?.output.length, 4);
    assert.ok(wire?.cleanup?.includes("kubectl delete namespace wire"));
  });
});

describe("the pods that the lesson starts", () => {
  const { settings } = parseSettings({});
  assert.ok(settings);
  const steps = lessonSteps(settings, "10.44.0.239");
  const lists = steps.flatMap(({ commands, afterwards }) => [
    commands,
    [...(afterwards?.commands ?? []), ...(afterwards?.cleanup ?? [])],
  ]);
  const names = (commands: readonly string[], verb: RegExp): string[] =>
    commands.flatMap((command) => verb.exec(command)?.[1]?.split(" ") ?? []);

  it("are ready before they are used, and deleted in the same part of the page", () => {
    assert.ok(lists.some((commands) => names(commands, /^kubectl run (\S+)/).length > 0));
    for (const commands of lists) {
      const started = names(commands, /^kubectl run (\S+)/);
      assert.deepEqual(names(commands, /^kubectl wait pod (\S+)/), started);
      assert.deepEqual(names(commands, /^kubectl delete pod (.+) --now$/), started);
      for (const name of started) {
        const [ready, used] = [`kubectl wait pod ${name} `, `kubectl exec ${name} `].map((beginning) =>
          commands.findIndex((command) => command.startsWith(beginning)),
        );
        assert.ok(ready !== undefined && used !== undefined && ready < used, name);
      }
    }
  });

  it("answer by kubectl exec, because kubectl run can lose the output of a pod that ends at once", () => {
    assert.ok(lists.flat().some((command) => command.startsWith("kubectl exec ")));
    for (const command of lists.flat()) assert.doesNotMatch(command, /kubectl run .* (-i|--attach|--rm)\b/);
  });
});
