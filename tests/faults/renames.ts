import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { stackIdentity } from "../../automation/stack/backend";
import { projectName, stackFile } from "../../automation/stack/project";
import type { Fault, Target } from "./fault";
import { Invocation } from "./invocation";
import { incarnation } from "./refusals";

const pulumi = (...args: string[]) =>
  execFileSync(process.execPath, ["launcher/start.cjs", "pulumi", ...args], { encoding: "utf8" });

/** Name of a stack with its project, as `pulumi stack rename` needs it to move a stack to another project. */
const qualified = (project: string, stack: string) => `organization/${project}/${stackIdentity(stack).name}`;

/** Replaces the name of the project in Pulumi.yaml and in the keys of a stack's file. */
async function renameProject(stack: string, to: string): Promise<void> {
  const from = projectName();
  const rename = async (file: string) => {
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replaceAll(new RegExp(`(?<=^name: |^ +)${from}(?=$|:)`, "gm"), to));
  };
  await rename("Pulumi.yaml");
  pulumi("stack", "rename", qualified(to, stack), "--stack", qualified(from, stack));
  await rename(stackFile(stack));
}

/** A rename, after which an up has to keep the cluster. The name of before is restored for the up that follows. */
const renamed = (
  where: string,
  rename: (stack: string) => Promise<string>,
  restore: (target: Target) => Promise<unknown>,
): Fault => ({
  kind: "renamed",
  where,
  needs: "environment",
  next: "up",
  strike: async (target) => {
    const before = incarnation(target);
    const stack = await rename(target.stack);
    try {
      const { code, lines, changes } = await new Invocation("up", stack).end();
      assert.equal(code, 0, lines.join("\n"));
      assert.equal(incarnation(target), before, "up changed the cluster");
      return `the up of the new name kept the cluster, ${changes} lines of progress`;
    } finally {
      await restore(target);
    }
  },
});

/** Faults in which a user gives the stack or the project another name with Pulumi's own command. */
export const renames = (): Fault[] => [
  renamed(
    "stack, by pulumi stack rename",
    async (stack) => {
      pulumi("stack", "rename", `${stack}-renamed`, "--stack", stack);
      return `${stack}-renamed`;
    },
    async ({ stack }) => pulumi("stack", "rename", stack, "--stack", `${stack}-renamed`),
  ),
  renamed(
    "project, by pulumi stack rename and in its files",
    async (stack) => {
      await renameProject(stack, "my-mesh");
      return stack;
    },
    ({ stack }) => renameProject(stack, "istio-on-k3d"),
  ),
];
