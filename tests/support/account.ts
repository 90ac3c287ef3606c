import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** A Unix account besides the one that runs the tests. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** Group whose members may use Docker. */
  readonly gid: number;
  readonly home: string;
}

const dockerGroup = (): number | undefined => {
  try {
    return Number(execFileSync("getent", ["group", "docker"], { encoding: "utf8" }).split(":")[2]);
  } catch {
    return undefined;
  }
};

/** The reason why no second account can be made here; undefined when one can. */
export function noAccountReason(): string | undefined {
  if (process.platform !== "linux") return "this is not Linux";
  if (process.getuid?.() !== 0) return "only root can add an account";
  if (!existsSync("/usr/sbin/useradd")) return "useradd is not installed";
  if (dockerGroup() === undefined) return "there is no group docker";
  // an account that cannot read the dependencies would install them again
  for (let folder = process.cwd(); folder !== "/"; folder = path.dirname(folder)) {
    const mode = execFileSync("stat", ["--format", "%a", folder], { encoding: "utf8" }).trim();
    if ((Number(mode.at(-1)) & 5) !== 5) return `other accounts cannot read ${folder}`;
  }
  return undefined;
}

/** Adds an account that is a member of the group docker. */
export function addAccount(name: string): Account {
  removeAccount(name);
  execFileSync("/usr/sbin/useradd", ["--create-home", "--groups", "docker", name]);
  const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  const home = execFileSync("getent", ["passwd", name], { encoding: "utf8" }).split(":")[5] ?? "/";
  return { name, uid: id("-u"), gid: dockerGroup() ?? id("-g"), home };
}

export function removeAccount(name: string): void {
  try {
    execFileSync("/usr/sbin/userdel", ["--remove", name], { stdio: "ignore" });
  } catch {
    // there is none
  }
}
