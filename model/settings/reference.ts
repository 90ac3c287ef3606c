import { keys, outputs } from "./contract";
import type { Key } from "./kinds";

/** The reference of the configuration as a Markdown table, from the contract itself. */
export function configurationTable(): string {
  const rows = Object.entries(keys as Readonly<Record<string, Key>>).map(
    ([name, { default: preset, description, allowed }]) =>
      `| \`${name}\` | \`${preset}\` | ${description} | ${allowed} |`,
  );
  return ["| key | default | what it is | allowed |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** The reference of the outputs as a Markdown table. */
export function outputsTable(): string {
  const rows = Object.entries(outputs).map(([name, description]) => `| \`${name}\` | ${description} |`);
  return ["| output | what it is |", "| --- | --- |", ...rows].join("\n");
}

/** The page that has both. */
export const referencePage = (): string =>
  [
    "# Reference",
    "",
    "Written by `npm run golden` from [model/settings/contract.ts](../model/settings/contract.ts); the program, Pulumi.yaml and this page cannot differ.",
    "",
    "## Configuration",
    "",
    "`npm run pulumi -- config set KEY VALUE`, with `--secret` for what says so, then `npm start`. Every error is told at once,",
    "before anything is changed: the key, its value, what is allowed, and what to do. Keys that are not known are refused, with",
    "the one that was probably meant.",
    "",
    configurationTable(),
    "",
    "A change of `clusterName`, `agents`, ports, `subnet`, `registry`, `imageCache`, `registryMirrors`, `nodeProxy`, `nodeNoProxy`, `nodeCaFile` or `k3sVersion` makes another cluster;",
    "every other key changes the one that runs.",
    "",
    "## Outputs",
    "",
    "`npm run pulumi -- stack output NAME`, with `--show-secrets` for a secret.",
    "",
    outputsTable(),
    "",
  ].join("\n");
