import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
import { containers, type DockerObject } from "./docker";
import { capture } from "./process";

/** True if something accepts connections on a port of 127.0.0.1. Connects, since only root may bind a port below 1024. */
export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 500 });
    const done = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", done(true)).on("error", done(false)).on("timeout", done(false));
  });

/** Inode of the socket that listens on a port; Linux only. */
function listeningInode(port: number): string | undefined {
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"])
    for (const line of readFileSync(table, "utf8").split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === "0A" && Number.parseInt(local.split(":")[1] ?? "", 16) === port) return inode;
    }
  return undefined;
}

/** Name and id of the process that listens on a port, if this user may see it. */
function processOn(port: number): string | undefined {
  try {
    const socketLink = `socket:[${listeningInode(port)}]`;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      try {
        const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
        if (sockets.includes(socketLink)) return `${readFileSync(`/proc/${pid}/comm`, "utf8").trim()} (process ${pid})`;
      } catch {
        // a process that has ended meanwhile, or of another user
      }
  } catch {
    // not Linux
  }
  return undefined;
}

/** A program that listens on a port. */
export interface PortHolder {
  readonly name: string;
  /** The container that publishes it. */
  readonly container?: DockerObject;
}

/** Container or process that listens on a port of this host. */
export async function holderOf(port: number): Promise<PortHolder> {
  // a paused or restarting container keeps its ports
  const publishingStates = ["running", "paused", "restarting"].map((state) => `status=${state}`);
  const [container] = await containers(`publish=${port}`, ...publishingStates).catch(() => []);
  if (container) return { name: `the container ${container.name}`, container };
  const process = processOn(port);
  if (process) return { name: process };
  const listing = await capture("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fcp"], { seconds: 10 }).catch(
    () => "",
  );
  const [, pid, command] = /p(\d+)\nc([^\n]+)/.exec(listing) ?? [];
  return { name: pid ? `${command} (process ${pid})` : "a process of another user" };
}
