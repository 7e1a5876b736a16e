/** For tests: what the test server speaks, as .proto files by their names. */
export const TEST_PROTOS: Readonly<Record<string, string>> = {
  'shop/money.proto': `syntax = "proto3";
package shop;
// Minor units.
message Money { int64 units = 1; Currency currency = 2; }
enum Currency { CURRENCY_UNSPECIFIED = 0; CNY = 1; EUR = 2; }
`,
  'shop/till.proto': `syntax = "proto3";
package shop.till.v1;
option java_package = "shop.till";
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";
import "shop/money.proto";

message Everything {
  string text = 1;
  int32 small = 2;
  int64 large = 3;
  uint64 unsigned_large = 4;
  double exact = 5;
  bool is_paid = 6;
  bytes raw = 7;
  shop.Money price = 8;
  repeated Line lines = 9;
  map<string, shop.Money> by_name = 10;
  map<int32, string> by_number = 11;
  repeated int32 numbers = 12;
  optional string maybe = 13;
  oneof choice { string left = 14; Line right = 15; }
  google.protobuf.Timestamp at = 16;
  google.protobuf.Duration took = 17;
  google.protobuf.StringValue wrapped = 18;
  google.protobuf.Struct free = 19;
  google.protobuf.Any any = 20;
  Mood mood = 21;
  enum Mood { CALM = 0; HURRIED = 1; }
  message Line { string text = 1; int32 count = 2; Everything.Mood mood = 3; }
}
message Failure { int32 code = 1; string message = 2; bool with_details = 3; }
message Wait { int32 ms = 1; }
message Many { int32 count = 1; int32 fail_after = 2; }
message Total { int32 count = 1; repeated string texts = 2; }
message Seen { map<string, string> metadata = 1; }

service Till {
  rpc Echo(Everything) returns (Everything);
  rpc Fail(Failure) returns (Everything);
  rpc Sleep(Wait) returns (google.protobuf.Empty);
  rpc Metadata(google.protobuf.Empty) returns (Seen);
  rpc List(Many) returns (stream Everything.Line);
  rpc Collect(stream Everything.Line) returns (Total);
  rpc Chat(stream Everything.Line) returns (stream Everything.Line) {
    option deprecated = true;
  }
}
`,
};
