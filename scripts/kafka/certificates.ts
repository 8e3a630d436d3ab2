import { execFile } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { KafkaFault } from "./fault.ts"

/** The files of a cluster's own authority; each is PEM. */
export const certificateFiles = (dir: string) => {
  const file = (name: string): string => join(dir, "certificates", name)
  return {
    ca: file("ca.pem"),
    /** Key and certificate of the brokers in one file, as they read it. */
    broker: file("broker.pem"),
    /** What a client shows where it is asked for a certificate. */
    clientCertificate: file("client.pem"),
    clientKey: file("client.key")
  }
}

const openssl = async (folder: string, words: ReadonlyArray<string>): Promise<void> => {
  try {
    await promisify(execFile)("openssl", words, { cwd: folder })
  } catch (cause) {
    const { code, message } = cause as { code?: string | number; message: string }
    throw new KafkaFault(
      "no-openssl",
      code === "ENOENT" ? "there is no openssl to make certificates with" : `openssl failed: ${message}`,
      "install OpenSSL 1.1.1 or newer (Debian: apt-get install openssl)"
    )
  }
}

const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

const signed = async (folder: string, name: string, subject: string, extensions: string): Promise<void> => {
  writeFileSync(join(folder, `${name}.ext`), extensions)
  await openssl(folder, ["req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject])
  const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", `${name}.ext`]
  const given = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-days", "825"]
  await openssl(folder, ["x509", "-req", ...authority, ...given])
  for (const ending of ["csr", "ext"]) rmSync(join(folder, `${name}.${ending}`))
}

/** Makes an authority, and what it signs for the brokers (127.0.0.1 and localhost) and for one client. */
export const makeCertificates = async (dir: string, client: string): Promise<void> => {
  const files = certificateFiles(dir)
  if (existsSync(files.broker)) return
  const folder = join(dir, "certificates")
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const authority = ["req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650"]
  await openssl(folder, [...authority, "-subj", "/CN=Plimsoll test authority"])
  await signed(folder, "client", `/CN=${client}`, "extendedKeyUsage=clientAuth\n")
  await signed(
    folder,
    "server",
    "/CN=localhost",
    "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
  )
  const server = ["server.key", "server.pem"].map((name) => readFileSync(join(folder, name), "utf8"))
  writeFileSync(files.broker, server.join(""), { mode: 0o600 })
}
