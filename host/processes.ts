import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { capture } from "./process";

/** State of a process; `unknown` if this host cannot inspect it. */
export type ProcessState = "running" | "ended" | "unknown";

/** Identity of a process. It differs from that of a later process with the same number, and of one on another machine. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Id of the boot of the machine. Undefined if the system has none. */
  readonly boot?: string | undefined;
  /** Namespace of process ids; a container has its own. */
  readonly namespace?: string | undefined;
  /** Start time of the process, as the system formats it. */
  readonly started?: string | undefined;
}

const orUndefined = <Value>(read: () => Value): Value | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

/** The namespace of process ids that Linux starts with (PROC_PID_INIT_INO in its include/linux/proc_ns.h). */
const initialNamespace = "pid:[4026531836]";

/** The namespace of this process; undefined outside Linux. */
export const pidNamespace = (): string | undefined => orUndefined(() => readlinkSync("/proc/self/ns/pid"));

/** True if every process of this machine is visible here, because no container hides any. */
export const seesAllProcesses = (): boolean => [undefined, initialNamespace].includes(pidNamespace());

async function bootId(): Promise<string | undefined> {
  if (process.platform === "linux")
    return orUndefined(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  if (process.platform !== "darwin") return undefined;
  return capture("sysctl", ["-n", "kern.bootsessionuuid"], { seconds: 5 }).then(
    (text) => text.trim() || undefined,
    () => undefined,
  );
}

interface Row {
  readonly program?: string | undefined;
  readonly state?: string | undefined;
  readonly started?: string | undefined;
}

/** Row of a process in Linux's /proc (proc_pid_stat(5)); its program may hold spaces and parentheses. */
function linuxRow(pid: number): Row | undefined {
  const stat = orUndefined(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === undefined) return undefined;
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  return { program: stat.slice(stat.indexOf("(") + 1, end), state: fields[0], started: fields[19] };
}

/** Row of a process from ps; one keyword a call, since BSD's ps takes what follows the first `=` as its title. */
async function psRow(pid: number): Promise<Row> {
  const column = (keyword: string) =>
    capture("ps", ["-o", `${keyword}=`, "-p", String(pid)], { seconds: 5 }).then(
      (text) => text.trim() || undefined,
      () => undefined,
    );
  const [program, state, started] = await Promise.all(["comm", "state", "lstart"].map(column));
  return { program, state, started };
}

/** Row of a process that exists; without fields where neither /proc nor ps shows it. */
const rowOf = async (pid: number): Promise<Row> => (process.platform === "linux" ? (linuxRow(pid) ?? {}) : psRow(pid));

/** True if a process of this number exists; a process of another user answers EPERM. */
function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

const isProcessId = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 0;

/** State and program of the process that has a number here now; a zombie has ended. */
export async function processAt(pid: number): Promise<{ state: ProcessState } & Omit<Row, "state">> {
  if (!isProcessId(pid)) return { state: "unknown" };
  if (!processExists(pid)) return { state: "ended" };
  const { program, started, state } = await rowOf(pid);
  if (state && /^[ZX]/.test(state)) return { state: "ended" };
  return { state: "running", program, started };
}

/** Identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const [boot, { started }] = await Promise.all([bootId(), processAt(process.pid)]);
  return { pid: process.pid, host: hostname(), boot, namespace: pidNamespace(), started };
}

/**
 * State of a process by its identity. It is `ended` only if that is certain: its machine has booted again since, its
 * number is free, or the process that has its number started at another time.
 */
export async function stateOf(identity: ProcessIdentity): Promise<ProcessState> {
  const { host, boot, namespace, started } = identity;
  const thisProcess = { host: hostname(), boot: await bootId(), namespace: pidNamespace() };
  const isSameBoot = boot !== undefined && boot === thisProcess.boot;
  if (!isSameBoot && host !== thisProcess.host) return "unknown";
  if (!isSameBoot && boot && thisProcess.boot) return "ended";
  if (namespace !== thisProcess.namespace) return "unknown";
  const current = await processAt(identity.pid);
  if (current.state !== "running" || !started || !current.started) return current.state;
  return current.started === started ? "running" : "ended";
}
