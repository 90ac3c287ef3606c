// @ts-check
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { ask } from "./command.mjs";

/**
 * Inode of the socket that listens on a port; Linux only.
 *
 * @param {number} port
 */
function listeningInode(port) {
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readFileSync(table, "utf8").split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === "0A" && Number.parseInt(local.split(":")[1] ?? "", 16) === port) return inode;
    }
  }
  return undefined;
}

/** @param {number} port @returns {string | undefined} name and id of the process, where this user may see it */
function processOn(port) {
  try {
    const wanted = `socket:[${listeningInode(port)}]`;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
        if (sockets.includes(wanted)) return `${readFileSync(`/proc/${pid}/comm`, "utf8").trim()} (process ${pid})`;
      } catch {
        // a process that ended meanwhile or belongs to another user
      }
    }
  } catch {
    // no /proc: not Linux
  }
  return undefined;
}

/**
 * Who listens on a port of this host.
 *
 * @param {number} port
 * @returns {Promise<{ name: string, owner?: string }>} owner: the label of ours, where a container holds it
 */
export async function holderOf(port) {
  const format = '{{.Names}} {{.Label "istio-on-k3d.owner"}}';
  const { out } = await ask("docker", ["ps", "--filter", `publish=${port}`, "--format", format]);
  const [container, owner] = out.trim().split(" ");
  if (container) return { name: `the container ${container}`, ...(owner && { owner }) };
  const seen = processOn(port);
  if (seen) return { name: seen };
  const { out: listed } = await ask("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fcp"]);
  const [, pid, command] = /p(\d+)\nc([^\n]+)/.exec(listed) ?? [];
  return { name: pid ? `${command} (process ${pid})` : "a process of another user" };
}
