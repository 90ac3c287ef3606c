import { readFileSync } from "node:fs";
import path from "node:path";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { project } from "../model/names";
import type { TrialProgram } from "../model/trial/program";
import { createCertificates } from "./credentials";
import { createNamespaces, createObjects } from "./resources";

const stack = pulumi.getStack();
const file = path.join(__dirname, "..", ".state", "trials", stack, "plan.json");
const program = ((): TrialProgram => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as TrialProgram;
  } catch {
    throw new pulumi.RunError(`there is no plan for stack ${stack}; run: npm run try -- FOLDER --keep`);
  }
})();

// a cluster that the user has is known by its context, and one of the environment's own by the environment's output
const access = program.kubeContext
  ? { context: program.kubeContext }
  : {
      kubeconfig: new pulumi.StackReference(`${pulumi.getOrganization()}/${project}/${stack}`).requireOutput(
        "kubeconfig",
      ),
    };
const provider = new Provider("cluster", {
  ...access,
  clusterIdentifier: program.clusterIdentifier,
  // a cluster of the environment's own that does not answer may have been replaced; one of the user's may only be slow
  deleteUnreachable: program.kubeContext === undefined,
  enableSecretMutable: true,
  enableConfigMapMutable: true,
  upsertExistingObjects: true,
});

const runNamespaces = createNamespaces(program.objects, provider);
const made = createCertificates(program.certificates, provider, runNamespaces);
createObjects(program.objects, { provider, namespaces: runNamespaces, ...made });
