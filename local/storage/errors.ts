const kinds = {
  /** No such bucket or object, or not in that generation. */
  NOT_FOUND: { status: 404, reason: "notFound" },
  /** An `if…Match` of the request does not hold. */
  PRECONDITION_FAILED: { status: 412, reason: "conditionNotMet" },
  /** An `if…NotMatch` of a read does not hold: the client has this very version. */
  NOT_MODIFIED: { status: 304, reason: "notModified" },
  /** The bucket exists already, or is not empty. */
  CONFLICT: { status: 409, reason: "conflict" },
  /** The request itself is wrong: a name, a checksum, a field. */
  INVALID: { status: 400, reason: "invalid" },
  /** The range begins after the object's end. */
  RANGE_NOT_SATISFIABLE: { status: 416, reason: "requestedRangeNotSatisfiable" },
  /** The upload was cancelled, or never was. */
  UPLOAD_GONE: { status: 410, reason: "gone" },
  /** The multipart upload was completed, was aborted, or never was. */
  NO_SUCH_UPLOAD: { status: 404, reason: "noSuchUpload" },
  /** Bytes that are not what their checksum says. */
  BAD_DIGEST: { status: 400, reason: "badDigest" },
  /** A part that is not there, is another one by now, or stands in the wrong order. */
  INVALID_PART: { status: 400, reason: "invalidPart" },
  /** A part, not the last one, of less than 5 MiB. */
  ENTITY_TOO_SMALL: { status: 400, reason: "entityTooSmall" },
} as const;

export type StorageErrorCode = keyof typeof kinds;

/** What a client is told in Google's error form. https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return kinds[this.code].status;
  }

  toJSON(): unknown {
    const { status, reason } = kinds[this.code];
    return {
      error: { code: status, message: this.message, errors: [{ message: this.message, domain: "global", reason }] },
    };
  }
}
