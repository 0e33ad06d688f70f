package windows

import (
	"math"
	"strconv"
	"time"

	"go.k6.io/k6/v2/metrics"

	"plimsoll/build/k6/hdr"
)

// formatVersion is "v" in every line. It changes when a reader of today would misread a line.
const formatVersion = 1

// An encoder writes closed windows as lines of JSON. For use by one goroutine.
type encoder struct {
	hdr *hdr.Encoder
}

func newEncoder() *encoder { return &encoder{hdr: hdr.NewEncoder()} }

// append adds the line of w to dst, with its line feed.
//
// Both ends of a window are cut to whole milliseconds, so windows meet without gap or overlap. A last
// window of less than a millisecond counts as one, so that no reader divides by zero.
func (e *encoder) append(dst []byte, w closedWindow) []byte {
	fromMs := w.from / int64(time.Millisecond)
	ms := max(1, w.to/int64(time.Millisecond)-fromMs)

	dst = append(dst, `{"v":`...)
	dst = strconv.AppendInt(dst, formatVersion, 10)
	dst = append(dst, `,"from":"`...)
	dst = time.UnixMilli(fromMs).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	dst = append(dst, '"')
	dst = appendInt(dst, "ms", ms)
	dst = appendInt(dst, "late", w.late)
	dst = appendInt(dst, "overflow", w.overflow)
	if w.clamped != 0 {
		dst = appendInt(dst, "clamped", w.clamped)
	}
	dst = append(dst, `,"series":[`...)
	separator := ""
	for _, r := range w.rows {
		if r.cell.n == 0 {
			continue // nothing but samples that are not numbers
		}
		dst = append(dst, separator...)
		dst = e.appendRow(dst, r)
		separator = ","
	}
	return append(dst, "]}\n"...)
}

func (e *encoder) appendRow(dst []byte, r row) []byte {
	c := r.cell
	dst = append(dst, '{')
	dst = append(dst, r.series.head...)
	switch r.series.kind {
	case metrics.Counter:
		dst = appendFloat(dst, "value", c.sum)
	case metrics.Gauge:
		dst = appendFloat(dst, "value", c.last)
		dst = appendFloat(dst, "min", c.min)
		dst = appendFloat(dst, "max", c.max)
	case metrics.Rate:
		dst = appendInt(dst, "yes", c.yes)
		dst = appendInt(dst, "no", c.n-c.yes)
	case metrics.Trend:
		dst = appendInt(dst, "n", c.n)
		dst = appendFloat(dst, "sum", c.sum)
		dst = appendFloat(dst, "min", c.min)
		dst = appendFloat(dst, "max", c.max)
		dst = append(dst, `,"hdr":"`...)
		dst = e.hdr.Append(dst, c.hist)
		dst = append(dst, '"')
	}
	return append(dst, '}')
}

func appendInt(dst []byte, name string, v int64) []byte {
	return strconv.AppendInt(appendName(dst, name), v, 10)
}

// appendFloat writes the shortest text that reads back as v, as JavaScript does. A sum that overflowed is
// the largest number, since JSON has no infinity.
func appendFloat(dst []byte, name string, v float64) []byte {
	v = min(max(v, -math.MaxFloat64), math.MaxFloat64)
	format := byte('f')
	if size := math.Abs(v); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(appendName(dst, name), v, format, -1, 64)
}

func appendName(dst []byte, name string) []byte {
	dst = append(dst, `,"`...)
	dst = append(dst, name...)
	return append(dst, `":`...)
}
