import { type ErrorFrame, FrameType } from "../../../wire/btp.ts";

/** The codes of RFC 0023 we use, with their names. */
const CODES = {
  unreachable: ["T00", "UnreachableError"],
  notAccepted: ["F00", "NotAcceptedError"],
  invalidFields: ["F01", "InvalidFieldsError"],
  duplicateId: ["F05", "DuplicateIdError"],
} as const;

export type BtpCodeName = keyof typeof CODES;

/** A BTP Error, emitted now. */
export function errorFrame(requestId: number, codeName: BtpCodeName, text: string): ErrorFrame {
  const [code, name] = CODES[codeName];
  const type = FrameType.error;
  return { type, requestId, code, name, triggeredAtMs: Date.now(), data: Buffer.from(text), entries: [] };
}
