import assert from "node:assert/strict";
import { createFailure } from "../../../model/cluster/createFailure";
import { failureText, forNpm } from "../../../model/output/remedy";

const settings = {
  httpPort: 80,
  subnet: "10.44.0.0/24",
  k3sVersion: "v1.34.99-k3s1",
  caches: [{ host: "docker.io", upstream: "https://registry-1.docker.io" }],
};

/** As k3d 5.8.3 and Docker say it, to the part that is the same every time. */
const start =
  "k3d cluster create: ERRO[0001] Failed Cluster Start: Failed to start server k3d-dev-server-0: Error response from daemon: driver failed programming external connectivity on endpoint k3d-dev-server-0 (a864dd): ";
const network =
  "k3d cluster create: ERRO[0000] Failed Cluster Preparation: Failed Network Preparation: failed to create cluster network: docker failed to create new network 'k3d-dev': Error response from daemon: ";

const texts: readonly (readonly [said: string, told: string])[] = [
  [
    `${start}Bind for 127.0.0.1:443 failed: port is already allocated \nFATA[0001] Cluster creation FAILED`,
    "httpsPort = 443 is taken on 127.0.0.1; fix: end the program that holds it, which npm run doctor names, or: npm run pulumi -- config set httpsPort 8443",
  ],
  [
    `${start}Error starting userland proxy: listen tcp4 127.0.0.1:80: bind: address already in use `,
    "httpPort = 80 is taken on 127.0.0.1; fix: end the program that holds it, which npm run doctor names, or: npm run pulumi -- config set httpPort 8080",
  ],
  [
    `${start}Bind for 127.0.0.1:8443 failed: port is already allocated `,
    "httpsPort = 8443 is taken on 127.0.0.1; fix: end the program that holds it, which npm run doctor names, or: npm run pulumi -- config set httpsPort 8444",
  ],
  [
    `${start}Error starting userland proxy: listen tcp4 127.0.0.1:80: bind: permission denied`,
    "httpPort = 80 is below 1024, and this Docker may not publish such a port; fix: npm run pulumi -- config set httpPort 8080",
  ],
  [
    `${network}Pool overlaps with other one on this address space `,
    'subnet = "10.44.0.0/24" overlaps another Docker network; fix: npm run doctor names a subnet that is free',
  ],
  [
    `${network}invalid pool request: Pool overlaps with other one on this address space `,
    'subnet = "10.44.0.0/24" overlaps another Docker network; fix: npm run doctor names a subnet that is free',
  ],
  [
    "k3d cluster create: ERRO[0003] Failed Cluster Start: Failed to start server k3d-istio-server-0: docker failed to start container for node 'k3d-istio-server-0': Error response from daemon: Address already in use",
    "an image cache took the address of a node while k3d created the cluster (this happens when the cache keeps restarting because its registry is unreachable); fix: npm start tries again, or npm run pulumi -- config set imageCache false",
  ],
  [
    "k3d cluster create: ERRO[0001] failed Cluster Creation: docker failed to pull image 'rancher/k3s:v1.34.99-k3s1': no such host",
    'k3sVersion = "v1.34.99-k3s1": Docker cannot pull rancher/k3s:v1.34.99-k3s1; fix: the network, or a version that is published: npm run pulumi -- config set k3sVersion VERSION',
  ],
  ["k3d cluster create: ERRO[0001] other", "k3d cluster create: ERRO[0001] other"],
  // Docker 28 and newer
  [
    `${start}failed to bind host port for 127.0.0.1:80:10.44.0.2:30080/tcp: address already in use`,
    "httpPort = 80 is taken on 127.0.0.1; fix: end the program that holds it, which npm run doctor names, or: npm run pulumi -- config set httpPort 8080",
  ],
  [
    `${start}failed to bind host port 127.0.0.1:443/tcp: address already in use`,
    "httpsPort = 443 is taken on 127.0.0.1; fix: end the program that holds it, which npm run doctor names, or: npm run pulumi -- config set httpsPort 8443",
  ],
  [
    `${start}failed to bind host port 127.0.0.1:80/tcp: permission denied`,
    "httpPort = 80 is below 1024, and this Docker may not publish such a port; fix: npm run pulumi -- config set httpPort 8080",
  ],
  [
    `${start}cannot expose privileged port 443, you can add 'net.ipv4.ip_unprivileged_port_start=443' to /etc/sysctl.conf`,
    "httpsPort = 443 is below 1024, and this Docker may not publish such a port; fix: npm run pulumi -- config set httpsPort 8443",
  ],
  // Docker Desktop
  ...[
    "ports are not available: exposing port TCP 127.0.0.1:80 -> 127.0.0.1:0: /forwards/expose returned unexpected status: 500",
    "Ports are not available: exposing port TCP 127.0.0.1:80 -> 0.0.0.0:0: listen tcp 127.0.0.1:80: bind: Only one usage of each socket address (protocol/network address/port) is normally permitted.",
    "Ports are not available: listen tcp 127.0.0.1:80: bind: An attempt was made to access a socket in a way forbidden by its access permissions.",
  ].map(
    (message) =>
      [
        `${start}${message}`,
        "httpPort = 80 cannot be published on 127.0.0.1; fix: end the program that listens there; on Windows also look for it among the reserved ports (netsh interface ipv4 show excludedportrange protocol=tcp), or: npm run pulumi -- config set httpPort 8080",
      ] as const,
  ),
  [
    `${network}cannot create network 1f (br-1f): conflicts with network 2a (br-2a): networks have overlapping IPv4`,
    'subnet = "10.44.0.0/24" overlaps another Docker network; fix: npm run doctor names a subnet that is free',
  ],
  ...[
    "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
    "all predefined address pools have been fully subnetted",
  ].map(
    (message) =>
      [
        `${network}${message}`,
        "Docker has no address left for another network; fix: docker network prune, then npm start",
      ] as const,
  ),
  [
    "k3d cluster create: ERRO[0001] docker failed to pull image 'rancher/k3s:v1.34.4-k3s1': toomanyrequests: You have reached your unauthenticated pull rate limit.",
    "a registry refuses more pulls for now (rate limit); fix: docker login, or wait, then npm start; caches keep what was pulled: npm run pulumi -- config set imageCache true",
  ],
  [
    "k3d cluster create: ERRO[0001] failed to register layer: write /bin/k3s: no space left on device",
    "the disk where Docker keeps images is full; fix: docker system prune, then npm start; npm run doctor shows how much is free",
  ],
  [
    "k3d cluster create: permission denied while trying to connect to the docker API at unix:///var/run/docker.sock",
    "Docker's socket is not this user's; fix: sudo usermod -aG docker $USER, then log in again",
  ],
  [
    "docker ps -a: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    "Docker is not running; fix: start Docker Desktop, or: sudo systemctl start docker",
  ],
  [
    "docker failed to pull image 'rancher/k3s:v1': no matching manifest for linux/arm64/v8 in the manifest list entries",
    "an image is not published for this machine's architecture; fix: another image or version, or images of your own: npm run pulumi -- config set appSource folder",
  ],
  [
    "docker failed to pull image 'rancher/k3s:v1': tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "Docker does not trust the certificate of a registry or of the proxy before it; fix: add the company's CA to this machine and restart Docker (https://docs.docker.com/engine/security/certificates/)",
  ],
];

const explained = (error: string, from: Parameters<typeof createFailure>[1] = settings): string => {
  const failure = createFailure(error, from);
  return failure ? failureText(failure, forNpm()) : error;
};

describe("a failed creation of a cluster", () => {
  for (const [error, explanation] of texts)
    it(`is explained as: ${explanation.split(";")[0]}, for ${error.slice(-60)}`, () => {
      assert.equal(explained(error), explanation);
    });

  it("names an image cache as the cause only if one is configured", () => {
    const message = texts.map(([text]) => text).find((text) => text.endsWith("daemon: Address already in use")) ?? "";
    assert.equal(
      explained(message, { ...settings, caches: [] }),
      "another container took the address of a node while k3d created the cluster; fix: npm start tries again",
    );
  });
});
