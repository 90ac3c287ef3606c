import { hostname, userInfo } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // a container may run under a number that has no name
    return String(process.getuid?.() ?? "");
  }
}

/** The account of this process, as USER@HOST. */
export const account = (): string => `${userName()}@${hostname()}`;

/**
 * Place of the stack's state, without credentials: a URL, or USER@HOST:FOLDER for a local one.
 *
 * Without the variable, Pulumi's current backend stores the state, and this function returns the program's folder. No
 * command of this project stores a state there, so that the two cannot be confused.
 *
 * @param backend - Pulumi's own variable, which every command of this project sets
 */
export function stateLocation(folder = process.cwd(), backend = process.env["PULUMI_BACKEND_URL"]): string {
  const [url = ""] = (backend ?? "").split("?");
  if (url && !url.startsWith("file:")) return url.replace(/\/\/[^/@]*@/, "//");
  const place = url.startsWith("file:///") ? fileURLToPath(url) : url.replace(/^file:\/\//, "");
  return `${account()}:${path.resolve(folder, place)}`;
}
