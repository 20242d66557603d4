/** Why work stops: the server goes, and the next one takes it up again. */
export class ServerClosing extends Error {
  override readonly name = "ServerClosing";
  readonly code = "SERVER_CLOSING";
}

/** Why work stops: somebody cancelled it. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
  readonly code = "CANCELLED";
}
