// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { homedir } from "node:os";
import path from "node:path";
import { ask } from "./command.mjs";
import { holderOf } from "./ports.mjs";

/**
 * One thing that was looked at.
 *
 * @typedef {{ name: string, state: "ok" | "warning" | "problem", found: string, fix?: string }} Finding
 * @typedef {ReturnType<typeof import("./settings.mjs").stackSettings>} StackSettings
 */

/** @param {string} name @param {string} found @returns {Finding} */
export const ok = (name, found) => ({ name, state: "ok", found });
/** @param {string} name @param {string} found @param {string} fix @returns {Finding} */
export const problem = (name, found, fix) => ({ name, state: "problem", found, fix });
/** @param {string} name @param {string} found @param {string} fix @returns {Finding} */
export const warning = (name, found, fix) => ({ name, state: "warning", found, fix });

/** @param {string} version @param {string} least */
export function atLeast(version, least) {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  for (const [i, part] of (b ?? []).entries()) if ((a?.[i] ?? 0) !== part) return (a?.[i] ?? 0) > part;
  return true;
}

/** @param {StackSettings} settings @param {string} [running] @returns {Finding} */
export function node({ versions }, running = process.versions.node) {
  const least = versions.supported.minimum.node;
  return atLeast(running, least)
    ? ok("node", running)
    : problem("node", `${running} is too old`, `install Node ${least} or newer from https://nodejs.org`);
}

/** @returns {Promise<Finding>} */
export async function docker() {
  const { code, out, err } = await ask("docker", ["version", "--format", "{{.Server.Version}}"]);
  if (code === 0) return ok("docker", out.trim());
  if (code === "missing")
    return problem("docker", "is not installed", "install it: https://docs.docker.com/get-docker/");
  if (code === "slow") return problem("docker", "does not answer", "start or restart Docker");
  if (/permission denied/i.test(err))
    return problem("docker", "may not be used by this user", "sudo usermod -aG docker $USER, then log in again");
  return problem("docker", "is not running", "start Docker Desktop, or: sudo systemctl start docker");
}

/** @param {number} port @returns {Promise<boolean>} */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 500 });
    const done = (/** @type {boolean} */ open) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", done(true)).on("error", done(false)).on("timeout", done(false));
  });

/** @param {StackSettings} settings @returns {Promise<Finding[]>} */
export function ports({ ports, owner }) {
  const keys = ["httpPort", "httpsPort"];
  return Promise.all(
    ports.map(async (port, i) => {
      const name = `port ${port}`;
      if (!(await answers(port))) return ok(name, "free");
      const holder = await holderOf(port);
      if (holder.owner === owner) return ok(name, "held by this stack's cluster");
      const next = port < 1024 ? 8000 + port : port + 1;
      return problem(
        name,
        `is taken by ${holder.name}`,
        `stop it, or: npm run pulumi -- config set ${keys[i]} ${next}`,
      );
    }),
  );
}

/** @param {StackSettings} settings @returns {Promise<Finding[]>} */
export async function cluster({ clusterName, owner }) {
  const format = '{{.Label "istio-on-k3d.owner"}}';
  const { code, out } = await ask("docker", [
    "ps",
    "-a",
    "--filter",
    `label=k3d.cluster=${clusterName}`,
    "--filter",
    "label=k3d.role=server",
    "--format",
    format,
  ]);
  const owners = out.split("\n").slice(0, -1);
  return code === 0 && owners.some((found) => found !== owner)
    ? [
        problem(
          `cluster ${clusterName}`,
          "is another's",
          `npm run pulumi -- config set clusterName ${clusterName}-2, or: k3d cluster delete ${clusterName}`,
        ),
      ]
    : [];
}

/** @param {string} context @param {string[]} [files] - kubeconfig files, as kubectl looks for them @returns {Finding} */
export function context(context, files = kubeconfigs()) {
  const known = files.some((file) => existsSync(file) && namesContext(readFileSync(file, "utf8"), context));
  return known
    ? ok(`context ${context}`, "is in the kubeconfig")
    : problem(
        `context ${context}`,
        `is not in ${files.join(", ")}`,
        "kubectl config get-contexts, then npm run pulumi -- config set kubeContext NAME",
      );
}

const kubeconfigs = () =>
  process.env["KUBECONFIG"]?.split(path.delimiter).filter(Boolean) ?? [path.join(homedir(), ".kube", "config")];

/** @param {string} text @param {string} context */
const namesContext = (text, context) =>
  [...text.matchAll(/\bname"?:\s*"?([^"\s,}]+)/g)].some(([, name]) => name === context);
