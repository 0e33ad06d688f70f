/** BTP/2.0 frames, read in place and written into a buffer of the caller (RFC 0023), and ILP packets inside of them. */
export { type Auth, readAuth, sizeOfAuth, writeAuth } from "./auth.ts";
export { ContentType, type Entry, FrameType, FrameView, MAX_ERROR_DATA, readFrame } from "./frame.ts";
export {
  forwardPrepare,
  patchPrepare,
  patchRequestId,
  relayFrame,
  sizeOfIlpFrame,
  writeFulfillFrame,
  writePrepareFrame,
  writeRejectFrame,
} from "./ilp-frame.ts";
export { PrepareTemplate } from "./template.ts";
export {
  type ErrorFrame,
  type Frame,
  type MessageFrame,
  sizeOfFrame,
  type TransferFrame,
  writeFrame,
} from "./write-frame.ts";
