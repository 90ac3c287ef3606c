import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Ended {
  readonly code: number | null;
  readonly seconds: number;
  readonly lines: readonly string[];
  /** Number of lines of progress, which are steps that changed something. */
  readonly changes: number;
}

const progress = /^ +\d+ s {2}(creating|created|updating|updated|deleting|deleted)/;

/** A process and its descendants, itself last. */
function processTree(pid: number): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const descendants = (parent: number): number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [...descendants(child), child]);
  return [...descendants(pid), pid];
}

/** A command of this project as a user starts it, with its lines as it prints them. */
export class Invocation {
  readonly lines: string[] = [];
  private readonly begun = Date.now();
  private readonly child: ChildProcess;
  private readonly done: Promise<unknown[]>;
  private readonly watchers = new Set<(line: string) => void>();

  constructor(action: string, stack: string, env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, ["launcher/start.cjs", ...action.split(" "), "--stack", stack], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.done = once(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on("line", (line) => {
        this.lines.push(line);
        for (const watch of this.watchers) watch(line);
      });
    }
  }

  /** Process id; undefined if it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Waits for a line of the output. Returns false when the command ends without it. */
  reaches(matches: (line: string, changes: number) => boolean): Promise<boolean> {
    let changes = 0;
    return new Promise((resolve) => {
      const watch = (line: string) => {
        if (progress.test(line)) changes++;
        if (matches(line, changes)) resolve(true);
      };
      this.watchers.add(watch);
      for (const line of this.lines) watch(line);
      void this.done.then(() => resolve(false));
    });
  }

  /** Sends SIGKILL to the command and to everything that it started. */
  async kill(): Promise<void> {
    for (const pid of processTree(this.child.pid ?? -1)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // the process has ended already
      }
    }
    await this.done;
  }

  /** Sends a signal to the command alone, as `kill` does. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async end(): Promise<Ended> {
    await this.done;
    const changes = this.lines.filter((line) => progress.test(line)).length;
    return { code: this.child.exitCode, seconds: (Date.now() - this.begun) / 1000, lines: this.lines, changes };
  }
}
