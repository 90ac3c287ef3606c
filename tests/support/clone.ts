import { execFile, execFileSync } from "node:child_process";
import {
  copyFile,
  cp,
  link,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { project } from "../../model/names";
import type { Account } from "./account";
import { machineConfig } from "./machine";

const folderOf = async (tool: string): Promise<string> =>
  path.dirname(await realpath(execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim()));

/** Puts Pulumi with its plugins, and k3d, where `npm start` would fetch them: another account may not read the PATH of this one. */
async function copyTools(folder: string): Promise<void> {
  const copy = async (from: string, to: string) => {
    await mkdir(path.dirname(to), { recursive: true });
    await link(from, to).catch(() => copyFile(from, to));
  };
  const from = await folderOf("pulumi");
  for (const name of (await readdir(from)).filter((file) => /^pulumi($|-)/.test(file)))
    await copy(path.join(from, name), path.join(folder, ".tools", "pulumi", name));
  await copy(path.join(await folderOf("k3d"), "k3d"), path.join(folder, ".tools", "k3d"));
}

/** A checkout with a state of its own, as a second clone on the same machine has it. */
export class Clone {
  private constructor(
    readonly folder: string,
    private readonly account: Account | undefined,
  ) {}

  /** @param account - that owns the checkout and runs its commands; @default the one that runs the tests */
  static async make(
    stacks: readonly string[],
    config: Readonly<Record<string, unknown>>,
    account?: Account,
  ): Promise<Clone> {
    const folder = await mkdtemp(path.join(tmpdir(), "e2e-clone-"));
    const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n");
    for (const file of tracked) await cp(file, path.join(folder, file), { recursive: true });
    await symlink(path.resolve("node_modules"), path.join(folder, "node_modules"));
    // a lock file that is newer than the dependencies has them installed again, in this checkout's folder
    await utimes(path.join(folder, "package-lock.json"), 0, 0);
    const all = { ...(await machineConfig()), ...config };
    const keys = Object.entries(all).map(([key, value]) => `  ${project}:${key}: "${value}"`);
    for (const name of stacks)
      await writeFile(path.join(folder, `Pulumi.${name}.yaml`), `config:\n${keys.join("\n")}\n`);
    if (account) {
      execFileSync("chown", ["-R", `${account.uid}:${account.gid}`, folder]);
      await copyTools(folder);
    }
    return new Clone(folder, account);
  }

  /** Runs a command of the project and returns its exit code and everything that it printed. */
  run(
    action: string,
    stack: string,
    options: readonly string[] = [],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; text: string }> {
    const { PULUMI_BACKEND_URL: _, PULUMI_CONFIG_PASSPHRASE: __, ...env } = process.env;
    const { account } = this;
    const user = account && {
      HOME: account.home,
      USER: account.name,
      LOGNAME: account.name,
      PATH: "/usr/local/bin:/usr/bin:/bin",
    };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ["launcher/start.cjs", action, "--stack", stack, ...options],
        {
          cwd: this.folder,
          env: { ...env, ...user, ...variables },
          maxBuffer: 2 ** 26,
          ...(account && { uid: account.uid, gid: account.gid }),
        },
        (error, out, err) => resolve({ code: error ? Number(error.code ?? 1) : 0, text: out + err }),
      );
    });
  }

  remove = (): Promise<void> => rm(this.folder, { recursive: true, force: true });
}
