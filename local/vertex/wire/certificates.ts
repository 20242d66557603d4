import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
// Asked for by @peculiar/x509, which has it of none of its own.
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** What a TLS server is given, as PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly certificate: string;
  /** File of the authority's certificate, which clients are told to trust. */
  readonly authorityFile: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const days = 24 * 3_600_000;

/**
 * The certificate of this machine's servers, signed by an authority of their own. Both are made at the first start, and
 * again when they are about to end. The authority's key is kept nowhere: nobody can sign anything else by it.
 *
 * @param now milliseconds since the epoch, by the machine's clock: it is clients who judge it
 */
export async function serverCertificate(folder: string, now: number): Promise<ServerCertificate> {
  const files = { key: "server.key.pem", certificate: "server.pem", authority: "ca.pem" } as const;
  const path = (file: keyof typeof files) => join(folder, files[file]);
  const known = readKnown(path("key"), path("certificate"), path("authority"));
  if (known !== undefined && new X509Certificate(known.certificate).notAfter.getTime() > now + 30 * days) return known;

  const authority = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const server = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const name = "CN=Retemper local certificate authority";
  const validity = { notBefore: new Date(now - days), notAfter: new Date(now + 800 * days) };
  const authorityCertificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name,
    ...validity,
    signingAlgorithm: algorithm,
    keys: authority,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: "CN=localhost",
    issuer: name,
    ...validity,
    signingAlgorithm: algorithm,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    extensions: [
      // Python 3.13 refuses a certificate without these two.
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await SubjectKeyIdentifierExtension.create(server.publicKey),
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "dns", value: "*.localhost" },
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
      ]),
    ],
  });
  const made = {
    key: `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", server.privateKey), "PRIVATE KEY")}\n`,
    certificate: `${certificate.toString("pem")}\n`,
    authorityFile: path("authority"),
  };
  mkdirSync(folder, { recursive: true });
  write(path("key"), made.key, 0o600);
  write(path("certificate"), made.certificate, 0o644);
  // Last, so that all three are there or none is taken for whole.
  write(path("authority"), `${authorityCertificate.toString("pem")}\n`, 0o644);
  return made;
}

function readKnown(keyFile: string, certificateFile: string, authorityFile: string): ServerCertificate | undefined {
  try {
    const key = readFileSync(keyFile, "utf8");
    const certificate = readFileSync(certificateFile, "utf8");
    readFileSync(authorityFile);
    return { key, certificate, authorityFile };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function write(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

/** Positive, and of 16 bytes. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(Buffer.alloc(16));
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
}
