/**
 * Types of everything a script may import: k6's own modules, and paydrill's under `k6/x/`. In a project that installed
 * paydrill one line makes them known, in tsconfig.json
 *     "types": ["paydrill/k6"]
 * or at the top of a script
 *     /// <reference types="paydrill/k6" />
 */
/// <reference types="k6" />
/// <reference path="./k6-x-lists.d.ts" />
/// <reference path="./k6-x-pay.d.ts" />
/// <reference path="./k6-x-sql.d.ts" />
