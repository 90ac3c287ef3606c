import { createDecipheriv, pbkdf2 } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { exitCodes, OperationFailed } from "../../host/failure";
import { configSetSecret, run } from "../../model/output/remedy";
import { backendFolder } from "./backend";
import { currentPassphrase } from "./passphrase";
import { commandsFor, stackFile } from "./project";
import { encryptedKeys, readStackFile, stackText, withoutSalt } from "./stackFile";
import { deploymentInFile } from "./stateFile";

const derive = promisify(pbkdf2);

/** The state or its passphrase is lost, so that no value of the state can be read. */
export class StateLost extends OperationFailed {
  override name = "StateLost";
}

/**
 * True if a passphrase is the one of a salt, which has the form `v1:SALT:v1:NONCE:TEXT`. TEXT is a word that Pulumi encrypts
 * for this check (pkg/secrets/passphrase/manager.go, sdk/go/common/resource/config/crypt.go).
 */
export async function passphraseOpens(phrase: string, salt: string): Promise<boolean> {
  const [version, bytes = "", inner, nonce = "", text = ""] = salt.split(":");
  if (version !== "v1" || inner !== "v1") return false;
  const key = await derive(phrase, Buffer.from(bytes, "base64"), 1_000_000, 32, "sha256");
  const sealed = Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString() === "pulumi";
  } catch {
    return false;
  }
}

/** The passphrase of the state. @throws StateLost if it is lost, with the remedy */
export async function readPassphrase(stack: string): Promise<string> {
  const current = await currentPassphrase();
  if (current.problem === undefined) return current.text;
  const fix = current.isOwn
    ? "write the passphrase of the state into that file, or: unset PULUMI_CONFIG_PASSPHRASE_FILE"
    : `put it back from a backup, or give up what only it opens: npm run destroy -- --stack ${stack}, which removes the environment by its labels and forgets this state, then ${commandsFor(stack)(run("up"))}`;
  const message = `the state's passphrase is gone, ${current.problem}; fix: ${fix}`;
  throw current.isOwn
    ? new OperationFailed(message, exitCodes.environment)
    : new StateLost(message, exitCodes.environment);
}

/**
 * Checks that the passphrase decrypts the secrets in a stack's file.
 *
 * Removes the salt of another passphrase if the file has no secrets. Such a salt came from another machine by git.
 *
 * @throws OperationFailed if another passphrase encrypted the file's secrets
 */
export async function checkEncryption(stack: string, say: (line: string) => void): Promise<void> {
  const text = await stackText(stack);
  const file = readStackFile(stack, text);
  const { encryptionsalt: salt, secretsprovider = "passphrase" } = file;
  // Pulumi Cloud and key services encrypt without a passphrase
  if (!["passphrase", "default"].includes(secretsprovider) || (!salt && backendFolder() === undefined)) return;
  const phrase = await readPassphrase(stack);
  if (
    !salt ||
    salt === (await deploymentInFile(stack))?.secrets_providers?.state?.salt ||
    (await passphraseOpens(phrase, salt))
  )
    return;
  const name = path.basename(stackFile(stack));
  const keys = encryptedKeys(file);
  if (keys.length === 0) {
    await writeFile(stackFile(stack), withoutSalt(text));
    say(`removed encryptionsalt from ${name}: it belongs to another passphrase, and no value needs it`);
    return;
  }
  const removals = keys.map((key) => `npm run pulumi -- config rm ${key} --stack ${stack}`).join(", ");
  throw new OperationFailed(
    `${name} has secrets that another passphrase encrypted: ${keys.join(", ")}; fix: set PULUMI_CONFIG_PASSPHRASE_FILE to a file with that passphrase, or remove them, ${removals}, and set them again: ${keys.map((key) => commandsFor(stack)(configSetSecret(key))).join(", ")}`,
    exitCodes.config,
  );
}
