/** Every kind of fault there is, by the name a plan uses. */
import type { FaultKind } from '../fault.js';
import { bandwidth } from './bandwidth.js';
import { command } from './command.js';
import { cutReplies } from './cut-replies.js';
import { disable } from './disable.js';
import { kill } from './kill.js';
import { latency } from './latency.js';
import { limitData } from './limit-data.js';
import { NETWORK_KINDS } from './network.js';
import { partition } from './partition.js';
import { pause } from './pause.js';
import { resetPeer } from './reset-peer.js';
import { slicer } from './slicer.js';

export const FAULT_KINDS: readonly FaultKind[] = [
  latency,
  bandwidth,
  cutReplies,
  partition,
  disable,
  resetPeer,
  limitData,
  slicer,
  ...NETWORK_KINDS,
  kill,
  pause,
  command,
];
