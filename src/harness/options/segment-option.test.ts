import { describe, expect, it } from 'vitest';
import { parseSegment } from './segment-option.js';

const parse = (executionSegment?: string, executionSegmentSequence?: string) =>
  parseSegment({ executionSegment, executionSegmentSequence }, 'night.js');

describe('an execution segment', () => {
  it.each([
    // the segment, the sequence, its place in it, the lengths of all
    ['1/4:1/2', '0,1/4,1/2,1', 1, [1, 1, 2]],
    ['0.25:0.5', '0,0.25,50%,1', 1, [1, 1, 2]],
    ['1/3:2/3', undefined, 1, [1, 1, 1]],
    ['1/5', undefined, 0, [1, 4]],
    [':50%', undefined, 0, [1, 1]],
    ['2/3:', undefined, 1, [2, 1]],
    ['0:1/2', '0,1/2,3/4,1', 0, [2, 1, 1]],
    // places of the ends may be left out, as in k6
    ['1/2:3/4', '1/2,3/4', 1, [2, 1, 1]],
    ['0.1:0.4', undefined, 1, [1, 3, 6]],
  ])('%s of %s', (segment, sequence, index, lengths) => {
    expect(parse(segment, sequence)).toEqual({ index, lengths });
  });

  it.each([undefined, '', '0:1', ':', '1', '100%'])('%s is the whole', (segment) => {
    expect(parse(segment)).toBeUndefined();
  });

  it.each([
    ['1/2:1/4', undefined, /^night\.js: executionSegment must be from:to.*got "1\/2:1\/4"$/],
    ['1/2:1/2', undefined, /executionSegment must be/],
    ['0:3/2', undefined, /executionSegment must be/],
    ['-1/4:1', undefined, /executionSegment must be/],
    ['1/0:1', undefined, /executionSegment must be/],
    ['a:b', undefined, /executionSegment must be/],
    ['0:1/4:1/2', undefined, /executionSegment must be/],
    ['0:1/3', '0,1/2,1', /one of the parts of the sequence 0,1\/2,1/],
    ['0:1/2', '0,1,1/2', /executionSegmentSequence must be places that ascend/],
    ['0:1/2', '0,x,1', /executionSegmentSequence must be places that ascend/],
    [undefined, '0,1/2,1', /executionSegmentSequence must be given with an executionSegment/],
    ['1/999999937:1/2', undefined, /common denominator up to a million/],
  ])('%s of %s is refused', (segment, sequence, message) => {
    expect(() => parse(segment, sequence)).toThrow(message);
  });
});
