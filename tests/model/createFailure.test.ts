import assert from "node:assert/strict";
import { createFailure } from "../../model/cluster/createFailure";

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
    "httpsPort = 443 is taken on 127.0.0.1 (npm run doctor names its holder); fix: end that, or: npm run pulumi -- config set httpsPort 8443",
  ],
  [
    `${start}Error starting userland proxy: listen tcp4 127.0.0.1:80: bind: address already in use `,
    "httpPort = 80 is taken on 127.0.0.1 (npm run doctor names its holder); fix: end that, or: npm run pulumi -- config set httpPort 8080",
  ],
  [
    `${start}Bind for 127.0.0.1:8443 failed: port is already allocated `,
    "httpsPort = 8443 is taken on 127.0.0.1 (npm run doctor names its holder); fix: end that, or: npm run pulumi -- config set httpsPort 8444",
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
    "an image cache took the address of a node while k3d made the cluster, as it may where it starts again and again, its registry being out of reach; fix: npm start tries again, or npm run pulumi -- config set imageCache false",
  ],
  [
    "k3d cluster create: ERRO[0001] failed Cluster Creation: docker failed to pull image 'rancher/k3s:v1.34.99-k3s1': no such host",
    'k3sVersion = "v1.34.99-k3s1": Docker cannot pull rancher/k3s:v1.34.99-k3s1; fix: the network, or npm run pulumi -- config set k3sVersion to a version that is published',
  ],
  ["k3d cluster create: ERRO[0001] other", "k3d cluster create: ERRO[0001] other"],
];

describe("why k3d made no cluster", () => {
  for (const [said, told] of texts)
    it(`is told as: ${told.split(";")[0]}`, () => {
      assert.equal(createFailure(said, settings), told);
    });

  it("blames an image cache only where there is one", () => {
    const said = texts.map(([text]) => text).find((text) => text.endsWith("daemon: Address already in use")) ?? "";
    assert.equal(
      createFailure(said, { ...settings, caches: [] }),
      "another container took the address of a node while k3d made the cluster; fix: npm start tries again",
    );
  });
});
