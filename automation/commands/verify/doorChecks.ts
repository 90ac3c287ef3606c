import { connect } from "node:tls";
import { get, type Target } from "../../../host/http";
import { binomialBand, interval } from "../../../model/canary/share";
import { app } from "../../../model/names";
import { caName } from "../../../model/security/certificates";
import { parseUrl } from "../../../model/url";
import { published } from "../../stack/running";
import type { Check, Subject } from "./check";
import { countVersions } from "./versions";

const firstLine = (body: string): string => body.split("\n")[0]?.slice(0, 60) ?? "";

/**
 * Code of the error that a request ends with; its status where it does not.
 *
 * @throws Error where the door does not even answer who trusts the CA: then a refusal would mean nothing
 */
const errorOf = async (subject: Subject, difference: Partial<Target>): Promise<string> => {
  await get(published(subject));
  return get({ ...published(subject), ...difference }).then(
    ({ status }) => `status ${status}`,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
};

const ingress: Check = {
  step: 4,
  name: "a plain Ingress is answered with 404",
  see: async (subject) => {
    const { api, scratch, settings } = subject;
    const host = `plain.${settings.domain}`;
    const backend = { service: { name: app.name, port: { number: app.port } } };
    await api.create(`/apis/networking.k8s.io/v1/namespaces/${scratch}/ingresses`, {
      metadata: { name: "plain" },
      spec: { rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
    });
    const { status } = await get({ ...published(subject), host });
    return { holds: status === 404, evidence: `https://${host}/ answers ${status}` };
  },
};

const redirect: Check = {
  step: 6,
  name: "HTTP is redirected to HTTPS",
  see: async (subject) => {
    const { host, address } = published(subject);
    const { httpPort, httpsPort } = subject.settings;
    const { status, location = "" } = await get({ host, address, port: httpPort });
    const wanted = new URL(`https://${host}:${httpsPort}/`).href;
    const there = parseUrl(location)?.href === wanted;
    return { holds: status === 301 && there, evidence: `${status} to ${location || "nowhere"}` };
  },
};

const trusted = (where: string, target: (subject: Subject) => Target, when?: Check["when"]): Check => ({
  step: 6,
  name: `HTTPS answers 200 to who trusts the CA, ${where}`,
  ...(when && { when }),
  see: async (subject) => {
    const { status, body } = await get(target(subject));
    return { holds: status === 200, evidence: `${status} "${firstLine(body)}"` };
  },
});

const untrusted: Check = {
  step: 6,
  name: "HTTPS is refused by who does not know the CA",
  see: async (subject) => {
    const code = await errorOf(subject, { tls: {} });
    return { holds: /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED/.test(code), evidence: code };
  },
};

const chain: Check = {
  step: 6,
  name: "the certificate covers the wildcard and is signed by the CA",
  see: (subject) =>
    new Promise((resolve, reject) => {
      const { host, address, port, tls } = published(subject);
      const socket = connect({ host: address, port, servername: host, ca: tls.ca, timeout: 5000 }, () => {
        const { subjectaltname = "", issuer, valid_to } = socket.getPeerCertificate();
        socket.end();
        const { domain, signingCa } = subject.settings;
        const covers = [`DNS:*.${domain}`, `DNS:${domain}`].every((name) => subjectaltname.split(", ").includes(name));
        resolve({
          holds: covers && issuer.CN === caName(domain, signingCa),
          evidence: `${subjectaltname}; issuer ${issuer.CN}; until ${valid_to}`,
        });
      });
      socket.on("timeout", () => socket.destroy(new Error("no answer in 5 s")));
      socket.on("error", reject);
    }),
};

const outside: Check = {
  step: 6,
  name: "a name outside the wildcard is refused",
  see: async (subject) => {
    const code = await errorOf(subject, { host: "helloworld.example.com" });
    return { holds: /ALTNAME|ECONNRESET|EPROTO|socket disconnected|UNRECOGNIZED/i.test(code), evidence: code };
  },
};

const requests = 2000;

const share: Check = {
  step: 9,
  name: "version 2 gets its share",
  see: async (subject) => {
    const { counts, others } = await countVersions(subject, requests);
    const canary = counts.v2;
    const { low, high } = binomialBand(requests, subject.settings.canaryWeight / 100);
    const [from, to] = interval(canary, requests).map((bound) => (bound * 100).toFixed(1));
    return {
      holds: others.length === 0 && canary >= low && canary <= high,
      evidence: `${canary} of ${requests}, ${from} to ${to} % with 95 % confidence, band ${low} to ${high}${others.length ? `; also ${others}` : ""}`,
    };
  },
};

/** Steps that anyone at the ingress gateway's door can see. */
export const doorChecks: readonly Check[] = [
  ingress,
  redirect,
  trusted("through the host's port", published, ({ cluster }) => cluster === "k3d"),
  trusted(
    "at the load balancer's address",
    (subject) => ({ ...published(subject), address: subject.ingressIp, port: 443 }),
    ({ cluster }, { routesToNodes }) => cluster === "existing" || routesToNodes,
  ),
  untrusted,
  chain,
  outside,
  share,
];
