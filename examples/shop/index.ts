import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Certificates, Cluster, LoadBalancer, Mesh, settings } from "istio-on-k3d";

const shop = settings({
  clusterName: "shop",
  domain: "shop.localhost",
  httpPort: 8081,
  httpsPort: 8444,
  subnet: "10.48.0.0/24",
});

const cluster = new Cluster("cluster", shop.cluster);
const { poolName } = new LoadBalancer("load-balancer", { ...shop.loadBalancer, cluster });
const mesh = new Mesh("mesh", { ...shop.mesh, cluster, poolName });
const certificates = new Certificates("certificates", { ...shop.certificates, cluster, namespace: mesh.namespace });

// from here on it is yours: anything that runs in the cluster once sidecars are injected
const inMesh = { ...cluster.childOptions(mesh), dependsOn: mesh.controlPlane };
const namespace = new k8s.core.v1.Namespace(
  "shop",
  { metadata: { name: "shop", labels: { "istio-injection": "enabled" } } },
  inMesh,
).metadata.name;
const labels = { app: "catalogue" };
new k8s.apps.v1.Deployment(
  "catalogue",
  {
    metadata: { name: "catalogue", namespace },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: "catalogue", image: `${shop.images.appImage}:1.0`, ports: [{ containerPort: 8080 }] }],
        },
      },
    },
  },
  inMesh,
);
const service = new k8s.core.v1.Service(
  "catalogue",
  {
    // an address inside the cluster is there at once; Pulumi would wait ten seconds for more
    metadata: { name: "catalogue", namespace, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
  },
  inMesh,
);
const host = pulumi.interpolate`${service.metadata.name}.${namespace}.svc.cluster.local`;
const gateway = new k8s.apiextensions.CustomResource(
  "gateway",
  {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name: "shop", namespace: mesh.namespace },
    spec: {
      selector: { istio: "ingressgateway" },
      servers: [
        {
          port: { number: 443, name: "https", protocol: "HTTPS" },
          hosts: [`*.${shop.certificates.domain}`],
          tls: { mode: "SIMPLE", credentialName: certificates.credentialName },
        },
      ],
    },
  },
  inMesh,
);
new k8s.apiextensions.CustomResource(
  "routes",
  {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "catalogue", namespace },
    spec: {
      hosts: [`catalogue.${shop.certificates.domain}`],
      gateways: [gateway.metadata.apply(({ namespace, name }) => `${namespace}/${name}`)],
      http: [{ route: [{ destination: { host, port: { number: 80 } } }] }],
    },
  },
  inMesh,
);

export const url = `https://catalogue.${shop.certificates.domain}:${shop.cluster.httpsPort}/`;
export const { caPem } = certificates;
