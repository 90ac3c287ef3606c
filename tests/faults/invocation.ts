import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Ended {
  readonly code: number | null;
  readonly seconds: number;
  readonly lines: readonly string[];
  /** Lines of progress: steps that changed something. */
  readonly changes: number;
}

const progress = /^ +\d+ s {2}(creating|created|updating|updated|deleting|deleted)/;

/** All descendants of a process, itself last. */
function family(pid: number): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [...below(child), child]);
  return [...below(pid), pid];
}

/** One command of the driver, as a user starts it, with its lines as they come. */
export class Invocation {
  readonly lines: string[] = [];
  private readonly begun = Date.now();
  private readonly child: ChildProcess;
  private readonly done: Promise<unknown[]>;
  private readonly watchers = new Set<(line: string) => void>();

  constructor(action: string, stack: string, env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, ["launcher/start.cjs", action, "--stack", stack], {
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

  /** Waits for the line after which a fault strikes; false when the command ended without it. */
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

  /** Ends the command and everything that it started, at once and without a chance to tidy up. */
  async kill(): Promise<void> {
    for (const pid of family(this.child.pid ?? -1)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // it ended meanwhile
      }
    }
    await this.done;
  }

  interrupt(): void {
    this.child.kill("SIGINT");
  }

  async end(): Promise<Ended> {
    await this.done;
    const changes = this.lines.filter((line) => progress.test(line)).length;
    return { code: this.child.exitCode, seconds: (Date.now() - this.begun) / 1000, lines: this.lines, changes };
  }
}
