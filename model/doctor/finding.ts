import { forNpm, type Remedy, type Writer, write } from "../output/remedy";
import { columns } from "../output/table";

/** One fact about this machine, and what it means for the environment. */
export interface DoctorFinding {
  /** What was looked at, such as `docker` or `port 80`. */
  readonly id: string;
  /** `unknown`: it could not be looked at, which is neither good nor bad. */
  readonly state: "ok" | "warning" | "problem" | "unknown";
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: Remedy;
  /** Page and section that has more. */
  readonly link?: string;
}

const page = "docs/troubleshooting.md";

export const ok = (id: string, found: string): DoctorFinding => ({ id, state: "ok", found });
export const unknown = (id: string, found: string): DoctorFinding => ({ id, state: "unknown", found });
export const warning = (
  id: string,
  found: string,
  remedy: Remedy | string,
  section = "this-machine",
): DoctorFinding => ({
  id,
  state: "warning",
  found,
  remedy: typeof remedy === "string" ? [remedy] : remedy,
  link: `${page}#${section}`,
});
export const problem = (
  id: string,
  found: string,
  remedy: Remedy | string,
  section = "before-anything-is-made",
): DoctorFinding => ({ ...warning(id, found, remedy, section), state: "problem" });

export const problems = (findings: readonly DoctorFinding[]): readonly DoctorFinding[] =>
  findings.filter(({ state }) => state === "problem");

/** The findings as a table for a terminal, with the pages that have more. */
export function doctorTable(findings: readonly DoctorFinding[], writer: Writer = forNpm()): string {
  const rows = findings.map(({ id, state, found, remedy }) => [
    state,
    id,
    `${found}${remedy ? `; fix: ${write(remedy, writer)}` : ""}`,
  ]);
  const links = [...new Set(findings.flatMap(({ link }) => link ?? []))];
  return [...columns(rows), ...links.map((link) => `more: ${link}`)].join("\n");
}
