import "reflect-metadata";

import { webcrypto } from "node:crypto";
import { createServer as createPlain, type Server } from "node:http";
import { createServer, type Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";
import * as x509 from "@peculiar/x509";
import { affinityAnswer, affinityCookie } from "../../model/traffic/canaryRoutes";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const lifetime = { notBefore: new Date("2026-01-01"), notAfter: new Date("2126-01-01") };

/** Behaviour of the gateway, and its possible faults. */
export interface Behaviour {
  readonly domain: string;
  /** Percent of answers by version 2; may change while it runs. */
  weight: number;
  /** Percent of the answers of each subset that are errors. */
  readonly errors?: { readonly v1: number; readonly v2: number };
  readonly names?: readonly string[];
  readonly redirect?: (httpsPort: number, host: string) => string;
  readonly status?: number;
  /** Body of the app's answers. @default the published images' */
  readonly body?: string;
  /** Header whose `always` and `never` choose. */
  readonly header?: string;
  /** True if version 2 sets a cookie, and if the cookie keeps a client there. */
  readonly cookie?: "kept" | "ignored";
  /** First labels of the hosts that have a route. @default only helloworld */
  readonly hosts?: readonly string[];
  /** Status by which a request is turned away, or 200; where it is sent to instead. */
  readonly admit?: (
    authorization: string | undefined,
    path: string,
    accept?: string,
  ) => Promise<number | { readonly status: number; readonly location: string }>;
}

/** A CA, and a certificate by it for `*.domain` or other names; PEM. */
export async function certificates(
  domain: string,
  names: readonly string[],
): Promise<{ ca: string; cert: string; key: string }> {
  const [caKeys, keys] = await Promise.all(
    [1, 2].map(() => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])),
  );
  if (!caKeys || !keys) throw new Error("no keys");
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...lifetime,
    name: `CN=ca.${domain}`,
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...lifetime,
    subject: `CN=*.${domain}`,
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value })))],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    ca: ca.toString("pem"),
    cert: leaf.toString("pem"),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
  };
}

const listen = (server: Server | SecureServer): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

/** A server that answers as an environment's ingress gateway does; every hundred answers hold the weight exactly. */
export class FakeGateway {
  private constructor(
    readonly ca: string,
    readonly httpPort: number,
    readonly httpsPort: number,
    private readonly servers: readonly (Server | SecureServer)[],
  ) {}

  static async open(behaviour: Behaviour): Promise<FakeGateway> {
    const { domain, names, redirect, status = 200, errors, hosts = ["helloworld"] } = behaviour;
    const { ca, cert, key } = await certificates(domain, names ?? [`*.${domain}`, domain]);
    const context = createSecureContext({ cert, key });
    const served = (name: string) => name.endsWith(`.${domain}`);
    let answers = 0;
    const asked = { v1: 0, v2: 0 };
    const secure = createServer(
      { SNICallback: (name, done) => (served(name) ? done(null, context) : done(new Error("no such name"))) },
      async (request, response) => {
        const { authorization, accept } = request.headers;
        const admitted = (await behaviour.admit?.(authorization, request.url ?? "/", accept)) ?? 200;
        if (typeof admitted === "object")
          return response.writeHead(admitted.status, { "x-subset": "v1", location: admitted.location }).end();
        if (admitted !== 200) return response.writeHead(admitted).end();
        if (!hosts.some((name) => request.headers.host?.startsWith(`${name}.`))) return response.writeHead(404).end();
        const choice = behaviour.header && request.headers[behaviour.header];
        const stays = behaviour.cookie === "kept" && request.headers.cookie?.startsWith(`${affinityCookie}=`);
        const drawn = (answers++ * 37) % 100 < behaviour.weight;
        const subset = choice === "always" || (choice !== "never" && (stays || drawn)) ? "v2" : "v1";
        const failed = (asked[subset]++ * 37) % 100 < (errors?.[subset] ?? 0);
        const headers = {
          "x-subset": subset,
          "x-canary-weight": String(behaviour.weight),
          ...(behaviour.cookie && subset === "v2" && { "set-cookie": affinityAnswer(behaviour.weight, 60) }),
        };
        response.writeHead(failed ? 503 : status, headers);
        response.end(behaviour.body ?? `Hello, world!\nVersion: ${subset === "v2" ? "2.0.0" : "1.0.0"}\nHostname: x\n`);
      },
    );
    const httpsPort = await listen(secure);
    const plain = createPlain(({ headers }, response) => {
      const location = redirect?.(httpsPort, headers.host ?? "") ?? `https://helloworld.${domain}:${httpsPort}/`;
      response.writeHead(301, { location }).end();
    });
    return new FakeGateway(ca, await listen(plain), httpsPort, [secure, plain]);
  }

  close(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}
