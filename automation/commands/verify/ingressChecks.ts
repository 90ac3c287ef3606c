import { connect } from "node:tls";
import { get, type Target } from "../../../host/http";
import { binomialBand, interval } from "../../../model/canary/share";
import { app } from "../../../model/names";
import { caName } from "../../../model/security/certificates";
import { parseUrl } from "../../../model/url";
import { published } from "../../stack/running";
import type { Check, CheckContext } from "./check";
import { countVersions } from "./versions";

const firstLine = (body: string): string => body.split("\n")[0]?.slice(0, 60) ?? "";

/**
 * Code of the error that a request ends with; its status where it does not.
 *
 * @throws Error if the ingress does not even answer a client that trusts the CA: a refusal would then prove nothing
 */
const errorOf = async (context: CheckContext, difference: Partial<Target>): Promise<string> => {
  await get(published(context));
  return get({ ...published(context), ...difference }).then(
    ({ status }) => `status ${status}`,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
};

const ingress: Check = {
  step: 4,
  id: "plain-ingress",
  title: "a plain Ingress gets 404",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const { api, scratch, settings } = context;
    const host = `plain.${settings.domain}`;
    const backend = { service: { name: app.name, port: { number: app.port } } };
    await api.create(`/apis/networking.k8s.io/v1/namespaces/${scratch}/ingresses`, {
      metadata: { name: "plain" },
      spec: { rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
    });
    const { status } = await get({ ...published(context), host });
    return { passed: status === 404, evidence: `https://${host}/ answers ${status}` };
  },
};

const redirect: Check = {
  step: 6,
  id: "http-redirect",
  title: "HTTP is redirected to HTTPS",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const { host, address } = published(context);
    const { httpPort, httpsPort } = context.settings;
    const { status, location = "" } = await get({ host, address, port: httpPort });
    const wanted = new URL(`https://${host}:${httpsPort}/`).href;
    const there = parseUrl(location)?.href === wanted;
    return { passed: status === 301 && there, evidence: `${status} to ${location || "nowhere"}` };
  },
};

const trusted = (
  id: string,
  where: string,
  target: (context: CheckContext) => Target,
  when?: Check["when"],
): Check => ({
  step: 6,
  id,
  title: `HTTPS answers 200 to a client that trusts the CA, ${where}`,
  section: "curl-at-the-ingress",
  ...(when && { when }),
  run: async (context) => {
    const { status, body } = await get(target(context));
    return { passed: status === 200, evidence: `${status} "${firstLine(body)}"` };
  },
});

const untrusted: Check = {
  step: 6,
  id: "untrusted-ca",
  title: "a client that does not trust the CA rejects the certificate",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const code = await errorOf(context, { tls: {} });
    return { passed: /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED/.test(code), evidence: code };
  },
};

const chain: Check = {
  step: 6,
  id: "certificate",
  title: "the certificate covers the wildcard and is signed by the CA",
  section: "curl-at-the-ingress",
  run: (context) =>
    new Promise((resolve, reject) => {
      const { host, address, port, tls } = published(context);
      const socket = connect({ host: address, port, servername: host, ca: tls.ca, timeout: 5000 }, () => {
        const { subjectaltname = "", issuer, valid_to } = socket.getPeerCertificate();
        socket.end();
        const { domain, signingCa } = context.settings;
        const covers = [`DNS:*.${domain}`, `DNS:${domain}`].every((name) => subjectaltname.split(", ").includes(name));
        resolve({
          passed: covers && issuer.CN === caName(domain, signingCa),
          evidence: `${subjectaltname}; issuer ${issuer.CN}; until ${valid_to}`,
        });
      });
      socket.on("timeout", () => socket.destroy(new Error("no answer in 5 s")));
      socket.on("error", reject);
    }),
};

const outside: Check = {
  step: 6,
  id: "outside-wildcard",
  title: "a host outside the wildcard is rejected",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const code = await errorOf(context, { host: "helloworld.example.com" });
    return { passed: /ALTNAME|ECONNRESET|EPROTO|socket disconnected|UNRECOGNIZED/i.test(code), evidence: code };
  },
};

const requests = 2000;

const share: Check = {
  step: 9,
  id: "canary-share",
  title: "version 2 gets its share",
  section: "rollouts",
  run: async (context) => {
    const { counts, others } = await countVersions(context, requests);
    const canary = counts.v2;
    const { low, high } = binomialBand(requests, context.settings.canaryWeight / 100);
    const [from, to] = interval(canary, requests).map((bound) => (bound * 100).toFixed(1));
    return {
      passed: others.length === 0 && canary >= low && canary <= high,
      evidence: `${canary} of ${requests}, ${from} to ${to} % with 95 % confidence, band ${low} to ${high}${others.length ? `; also ${others}` : ""}`,
    };
  },
};

/** Checks that a client outside the cluster can make. */
export const ingressChecks: readonly Check[] = [
  ingress,
  redirect,
  trusted("https-published", "through the host's port", published, ({ cluster }) => cluster === "k3d"),
  trusted(
    "https-load-balancer",
    "at the load balancer's address",
    (context) => ({ ...published(context), address: context.ingressIp, port: 443 }),
    ({ cluster }, { routesToNodes }) => cluster === "existing" || routesToNodes,
  ),
  untrusted,
  chain,
  outside,
  share,
];
