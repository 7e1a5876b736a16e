/**
 * The services and messages that belong to gRPC itself: health, reflection, details of a status. Their definitions are public
 * (github.com/grpc/grpc-proto, github.com/googleapis/googleapis); what follows says what travels, no more.
 */
import { protoDescriptors } from './proto-files.js';
import { Schema } from './schema.js';

let schema: Schema | undefined;

export function protocols(): Schema {
  schema ??= new Schema(
    protoDescriptors(Object.keys(SOURCES), (name) =>
      Object.hasOwn(SOURCES, name) ? SOURCES[name] : undefined,
    ),
  );
  return schema;
}

function reflection(version: 'v1' | 'v1alpha'): string {
  return `syntax = "proto3"; package grpc.reflection.${version};
    service ServerReflection {
      rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
    }
    message ServerReflectionRequest {
      string host = 1;
      oneof message_request {
        string file_by_filename = 3;
        string file_containing_symbol = 4;
        string list_services = 7;
      }
    }
    message ServerReflectionResponse {
      oneof message_response {
        FileDescriptorResponse file_descriptor_response = 4;
        ListServiceResponse list_services_response = 6;
        ErrorResponse error_response = 7;
      }
    }
    message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
    message ListServiceResponse { repeated ServiceResponse service = 1; }
    message ServiceResponse { string name = 1; }
    message ErrorResponse { int32 error_code = 1; string error_message = 2; }`;
}

const SOURCES: Readonly<Record<string, string>> = {
  'grpc/health/v1/health.proto': `syntax = "proto3"; package grpc.health.v1;
    service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }
    message HealthCheckRequest { string service = 1; }
    message HealthCheckResponse {
      enum ServingStatus { UNKNOWN = 0; SERVING = 1; NOT_SERVING = 2; SERVICE_UNKNOWN = 3; }
      ServingStatus status = 1;
    }`,
  'grpc/reflection/v1/reflection.proto': reflection('v1'),
  'grpc/reflection/v1alpha/reflection.proto': reflection('v1alpha'),
  'google/rpc/status.proto': `syntax = "proto3"; package google.rpc;
    import "google/protobuf/any.proto";
    message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }`,
  'google/rpc/error_details.proto': `syntax = "proto3"; package google.rpc;
    import "google/protobuf/duration.proto";
    message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
    message RetryInfo { google.protobuf.Duration retry_delay = 1; }
    message DebugInfo { repeated string stack_entries = 1; string detail = 2; }
    message QuotaFailure {
      message Violation { string subject = 1; string description = 2; }
      repeated Violation violations = 1;
    }
    message PreconditionFailure {
      message Violation { string type = 1; string subject = 2; string description = 3; }
      repeated Violation violations = 1;
    }
    message BadRequest {
      message FieldViolation { string field = 1; string description = 2; }
      repeated FieldViolation field_violations = 1;
    }
    message RequestInfo { string request_id = 1; string serving_data = 2; }
    message ResourceInfo {
      string resource_type = 1; string resource_name = 2; string owner = 3; string description = 4;
    }
    message Help {
      message Link { string description = 1; string url = 2; }
      repeated Link links = 1;
    }
    message LocalizedMessage { string locale = 1; string message = 2; }`,
};
