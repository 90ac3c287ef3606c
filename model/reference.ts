import { keys } from "./contract";
import type { Key } from "./keyKinds";

/** The reference of the configuration as a Markdown table, from the contract itself. */
export function configurationTable(): string {
  const rows = Object.entries(keys as Readonly<Record<string, Key>>).map(
    ([name, { default: preset, description, allowed }]) =>
      `| \`${name}\` | \`${preset}\` | ${description} | ${allowed} |`,
  );
  return ["| key | default | what it is | allowed |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
