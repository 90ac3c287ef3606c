import type { Block } from "./pageBlocks";

/** A test that runs the commands of a block: its file, and words of it. Or the reason why no test can. */
export type RunBy = readonly [file: string, words: string] | { readonly notRun: string };

const here = "tests/e2e/pages.e2e.ts";
const plain = "tests/e2e/plain.e2e.ts";
const ambient = "tests/e2e/ambient.e2e.ts";
const gatewayApi = "tests/e2e/gatewayApi.e2e.ts";
const trials = "tests/e2e/try.e2e.ts";
const operating: RunBy = [here, "the commands of docs/operating.md"];
const others: RunBy = [here, "the commands of the other pages"];

/**
 * Tests that run the commands of the pages, by page and by the beginning of a block.
 *
 * A block without an entry fails a test: it has a command that nothing runs.
 */
const runBy: Readonly<Record<string, Readonly<Record<string, RunBy>>>> = {
  "README.md": {
    "npm start ": [here, "are created as the README shows"],
    "$ npm start": [here, "are created as the README shows"],
    "pulumi login": [plain, "the two lines of the README reach the app"],
    'eval "$(npm run --silent env)"': [here, "the commands of the README"],
    "export PATH=": [plain, "is ready after the line that npm run env prints"],
    "$ npm run destroy": [here, "the commands of the README"],
    "npm run try": [here, "the commands of the README"],
    "npm run rollout": ["tests/e2e/rollout.e2e.ts", "a rollout"],
  },
  "docs/ambient.md": {
    "npm run pulumi -- config set dataplane ambient": [ambient, "goes to sidecars and back"],
    "npx tsx tests/bench/proxies.ts": { notRun: "its numbers differ with every machine, and it needs a quiet one" },
    "$ kubectl get pods": [ambient, "proves itself, with ztunnel"],
    "$ kubectl logs": [ambient, "proves itself, with ztunnel"],
    "npm run pulumi -- config set routing": [ambient, "splits the calls of pods by a waypoint"],
  },
  "docs/architecture.md": { "$ docker inspect": ["tests/e2e/ownership.e2e.ts", "labels everything of its own"] },
  "docs/ci.md": {
    'eval "$(npm run --silent env)"': [plain, "runs the example of the Automation API as it is printed"],
    "npm run pulumi -- preview --policy-pack": others,
    "cd examples/shop": [plain, "previews examples/shop as shipped"],
  },
  "docs/closed-networks.md": {
    "npm run verify": ["tests/e2e/bundle.e2e.ts", "has everything that a running environment downloaded"],
    "npm run pulumi -- config set nodeProxy": { notRun: "it needs a proxy of a company" },
    "export PULUMI_PLUGIN_DOWNLOAD": ["tests/e2e/bundle.e2e.ts", "the plugins from the mirror that Pulumi uses"],
    "FOLDER=": ["tests/e2e/bundle.e2e.ts", "brings an environment up in another checkout"],
  },
  "docs/commands.md": {
    "$ npm run destroy -- --stak": others,
    "$ npm run verify": ["tests/e2e/verify.e2e.ts", "passes verify and istioctl analyze"],
  },
  "docs/gateway-api.md": {
    "npm run pulumi -- config set routing": [gatewayApi, "changes to the routes of Istio and back"],
    "kubectl get gateways": [gatewayApi, "shows the conditions of the routes to kubectl"],
  },
  "docs/languages.md": {
    "cd examples/yaml": ["tests/e2e/languages.e2e.ts", "pulumi stack init mine"],
    // pulumi package add generates the same SDK, and then installs it with the tools of the language
    "pulumi package add": ["tests/e2e/languages.e2e.ts", "gets an SDK for each language"],
  },
  "docs/lesson.md": {
    "npm run try -- examples/lesson/11": [gatewayApi, "with the output that the lesson shows"],
    "npm run pulumi -- config set routing gateway-api": [gatewayApi, "changes to the routes of Istio and back"],
    "npm run pulumi -- config set dataplane ambient": [ambient, "goes to sidecars and back"],
    "npm run try -- examples/lesson/09-canary/1-rule-for-the-external-name --keep\nistioctl": [
      here,
      "the commands of the lesson",
    ],
    "npm run try -- examples/lesson": [trials, "with the output that the lesson shows"],
    "": [here, "the commands of the lesson"],
  },
  "docs/operating.md": {
    // the same keys, with a cluster of k3d in place of kind
    "npm run pulumi -- config set cluster existing": [
      "tests/e2e/existing.e2e.ts",
      "comes up, and mesh tests pass in it",
    ],
    "npm run pulumi -- config set appSource folder": {
      notRun: "not every machine that runs these tests has nodes that can pull from the registry beside the cluster",
    },
    "npm run pulumi -- config set trustedCas": operating,
    "$ npm run trust": ["tests/automation/trust.test.ts", "trust"],
    "npm run pulumi -- config set tokens true && npm start": operating,
    "npm run pulumi -- config set tokens true": { notRun: "a login needs an OpenID Connect issuer" },
    "npm run pulumi -- config set prometheus true": {
      notRun: "the images are more than a gigabyte; tests/program/program.test.ts has the resources",
    },
  },
  "docs/stacks.md": {
    "$ npm start": ["tests/e2e/ownership.e2e.ts", "in another checkout"],
    "$ PULUMI_BACKEND_URL": { notRun: "it needs a bucket" },
    "npm run pulumi -- stack rename prod": ["tests/faults/renames.ts", "stack rename"],
    "npm run pulumi -- stack rename organization": [
      "tests/e2e/stacks.e2e.ts",
      "follow a project that got another name",
    ],
  },
  "docs/try-examples.md": { "": [trials, "with the output that the documentation shows"] },
  "docs/try.md": {
    "npm run try -- examples/first": [trials, "tell why a request ends otherwise than expected"],
    "npm run try -- examples/mesh": [trials, "with the output that the documentation shows"],
  },
  "docs/upgrade.md": {
    "$ npm run upgrade": { notRun: "a mirror may lack that version; tests/e2e/upgrade.e2e.ts runs the steps" },
    "npm run pulumi -- config set nextIstioVersion": ["tests/e2e/upgrade.e2e.ts", "title"],
    "npm run pulumi -- config set istioVersion": ["tests/e2e/upgrade.e2e.ts", "title"],
    "kubectl get pods": [here, "the commands of docs/operating.md"],
    "$ npm run versions": ["tests/automation/versions.test.ts", "versions"],
  },
};

/** Test of the commands of a block, or the reason why none runs them. Undefined for a block that nobody thought of. */
export const runByOf = ({ page, text }: Pick<Block, "page" | "text">): RunBy | undefined =>
  Object.entries(runBy[page] ?? {}).find(([beginning]) => text.startsWith(beginning))?.[1];
