// Package hdr fixes the geometry of every histogram in a window and writes it in the standard
// HdrHistogram V2 compressed base64 form, which hdr-histogram-js, hdrhistogram-go and the Java, C and
// Rust ports all read.
//
// One unit is a thousandth of the metric's own unit, so times (milliseconds in k6) are kept in
// microseconds. Three significant digits: two values share a bucket only if they differ by less
// than 0.1 %.
package hdr

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/HdrHistogram/hdrhistogram-go"
)

const (
	// UnitsPerValue turns a sample into histogram units: milliseconds into microseconds.
	UnitsPerValue = 1000

	// Highest is the largest value a histogram holds, in units: 285 years of microseconds, and the largest
	// integer JavaScript reads without loss.
	Highest = 1<<53 - 1

	lowest            = 1 // unit
	significantDigits = 3

	// Three digits take 2,048 sub-buckets, of which every bucket but the first uses the upper half.
	subBucketBits = 11
	subBuckets    = 1 << subBucketBits
)

// New returns an empty histogram over 0..Highest. The packed variant grows with the buckets in use
// (10 bytes a bucket rather than 360 KB a series), which is what lets a thousand series be live.
func New() *hdrhistogram.PackedHistogram {
	return hdrhistogram.NewPacked(lowest, Highest, significantDigits)
}

// Units rounds a sample to histogram units, and says whether it had to be clamped into 0..Highest.
// NaN is below every range: it becomes 0 and counts as clamped.
func Units(value float64) (units int64, clamped bool) {
	scaled := math.Round(value * UnitsPerValue)
	switch {
	case scaled >= 0 && scaled <= Highest:
		return int64(scaled), false
	case scaled > Highest:
		return Highest, true
	default:
		return 0, true
	}
}

// An Encoder writes histograms as text. It reuses its buffers and its compressor: the library's own
// Encode makes a new compressor each time, which is 820 KB of garbage and five times the work for every
// series in every window (BenchmarkAppend).
type Encoder struct {
	plain      []byte
	compressed bytes.Buffer
	zlib       *zlib.Writer
}

// NewEncoder returns an encoder for use by one goroutine at a time.
func NewEncoder() *Encoder {
	e := &Encoder{}
	// Varints hardly repeat: looking for matches costs time and makes the text no shorter.
	e.zlib, _ = zlib.NewWriterLevel(&e.compressed, zlib.HuffmanOnly) // fails on an unknown level only
	return e
}

// Cookies of the V2 format; 0x10 says that counts are ZigZag LEB128 varints.
const (
	cookie           = 0x1c849303 | 0x10
	compressedCookie = 0x1c849304 | 0x10
)

// Append adds the base64 text of h to dst.
func (e *Encoder) Append(dst []byte, h *hdrhistogram.PackedHistogram) []byte {
	e.compressed.Reset()
	e.compressed.Write(make([]byte, 8)) // cookie and length, known at the end
	e.zlib.Reset(&e.compressed)
	e.plain = appendPlain(e.plain[:0], h)
	_, _ = e.zlib.Write(e.plain) // a bytes.Buffer takes everything
	_ = e.zlib.Close()

	out := e.compressed.Bytes()
	binary.BigEndian.PutUint32(out, compressedCookie)
	binary.BigEndian.PutUint32(out[4:], uint32(len(out)-8))
	return base64.StdEncoding.AppendEncode(dst, out)
}

// appendPlain writes the header of 40 bytes and the counts, where a run of empty buckets is one negative
// number. The header's range is cut to what the counts need, so a reader allocates kilobytes rather than
// the 360 KB of 0..Highest; the position of a bucket does not depend on the range.
func appendPlain(dst []byte, h *hdrhistogram.PackedHistogram) []byte {
	const headerBytes = 40
	dst = append(dst, make([]byte, headerBytes)...)

	next, largest := int64(0), int64(0)
	for value, count := range h.ForEachBucket {
		index := bucketIndex(value)
		switch empty := index - next; {
		case empty == 1:
			dst = binary.AppendVarint(dst, 0)
		case empty > 1:
			dst = binary.AppendVarint(dst, -empty)
		}
		dst = binary.AppendVarint(dst, count)
		next, largest = index+1, value
	}

	header := dst[:headerBytes]
	binary.BigEndian.PutUint32(header[0:], cookie)
	binary.BigEndian.PutUint32(header[4:], uint32(len(dst)-headerBytes))
	binary.BigEndian.PutUint32(header[8:], 0) // normalizing index offset
	binary.BigEndian.PutUint32(header[12:], significantDigits)
	binary.BigEndian.PutUint64(header[16:], lowest)
	binary.BigEndian.PutUint64(header[24:], 1<<bits.Len64(uint64(largest)|(subBuckets-1))-1)
	binary.BigEndian.PutUint64(header[32:], math.Float64bits(1)) // integer to double ratio
	return dst
}

// bucketIndex is where the count of a value stands in the flat array of HdrHistogram:
//
//	values     0..2047  2048..4095  4096..8191  ...
//	step              1           2           4
//	indexes    0..2047  2048..3071  3072..4095  ...
func bucketIndex(value int64) int64 {
	bucket := int64(bits.Len64(uint64(value)|(subBuckets-1)) - subBucketBits)
	return bucket*subBuckets/2 + value>>bucket
}
