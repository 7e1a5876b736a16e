/** The status codes of gRPC by k6's names, and what a health check answers. */
export const STATUS = {
  StatusOK: 0,
  StatusCanceled: 1,
  StatusUnknown: 2,
  StatusInvalidArgument: 3,
  StatusDeadlineExceeded: 4,
  StatusNotFound: 5,
  StatusAlreadyExists: 6,
  StatusPermissionDenied: 7,
  StatusResourceExhausted: 8,
  StatusFailedPrecondition: 9,
  StatusAborted: 10,
  StatusOutOfRange: 11,
  StatusUnimplemented: 12,
  StatusInternal: 13,
  StatusUnavailable: 14,
  StatusDataLoss: 15,
  StatusUnauthenticated: 16,
} as const;

export const HEALTH = {
  HealthCheckUnknown: 'UNKNOWN',
  HealthCheckServing: 'SERVING',
  HealthCheckNotServing: 'NOT_SERVING',
  HealthCheckServiceUnkown: 'SERVICE_UNKNOWN',
} as const;
