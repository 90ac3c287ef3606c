import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { noViewPage, viewPage } from "../../../model/view/frame";
import { viewContents } from "../../../model/view/page";
import type { View } from "../../../model/view/state";

/** A page that is being served. */
export interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

const headers = (nonce: string) => ({
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "content-security-policy": `default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
});

/**
 * Serves the page on 127.0.0.1 under a random path.
 *
 * The path keeps other users of the machine out. The check of the Host header keeps web pages out whose own name
 * resolves to 127.0.0.1 (DNS rebinding).
 *
 * @param port - 0 lets the system choose
 * @throws Error with the code EADDRINUSE when the port is in use
 */
export async function serveView(
  stack: string,
  read: () => Promise<View>,
  { port = 0, token = randomBytes(18).toString("base64url") } = {},
): Promise<ServedPage> {
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { port: ownPort } = server.address() as AddressInfo;
    const known = [`127.0.0.1:${ownPort}`, `localhost:${ownPort}`].includes(request.headers.host ?? "");
    const nonce = randomBytes(16).toString("base64");
    const send = (status: number, body: string) => response.writeHead(status, headers(nonce)).end(body);
    if (!known || request.method !== "GET") return void send(known ? 405 : 403, "");
    if (request.url === `/${token}/`) return void send(200, viewPage(stack, nonce));
    if (request.url === `/${token}/contents`) return void send(200, viewContents(await read()));
    send(404, noViewPage);
  };
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
