package windows

import (
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"
	"go.k6.io/k6/v2/metrics"

	"plimsoll/build/k6/hdr"
)

// A cell is what one series did in one window. It has room for each of the four metric types, since the
// histogram of a trend is all that costs memory.
type cell struct {
	n        int64   // samples
	sum      float64 // in the metric's own unit, as are min, max and last
	min, max float64
	last     float64 // the sample with the latest time
	lastAt   int64   // that time, Unix nanoseconds
	yes      int64   // samples other than 0, for a rate
	hist     *hdrhistogram.PackedHistogram
}

func newCell(kind metrics.MetricType) *cell {
	c := &cell{}
	if kind == metrics.Trend {
		c.hist = hdr.New()
	}
	c.reset()
	return c
}

// reset empties the cell and keeps the memory of its histogram.
func (c *cell) reset() {
	*c = cell{hist: c.hist, min: math.Inf(1), max: math.Inf(-1), lastAt: math.MinInt64}
	if c.hist != nil {
		c.hist.Reset()
	}
}

// add folds in one sample taken at `at`, Unix nanoseconds, and says whether it had to be clamped.
//
// A sample that is not a number is left out: wherever it were put it would look like a measurement.
// An infinite one counts as the largest number there is.
func (c *cell) add(value float64, at int64) (clamped bool) {
	if math.IsNaN(value) {
		return true
	}
	if math.IsInf(value, 0) {
		clamped = true
		value = math.Copysign(math.MaxFloat64, value)
	}
	c.n++
	c.sum += value
	c.min = min(c.min, value)
	c.max = max(c.max, value)
	if at >= c.lastAt {
		c.last, c.lastAt = value, at
	}
	if value != 0 {
		c.yes++
	}
	if c.hist != nil {
		units, outside := hdr.Units(value)
		_ = c.hist.RecordValue(units) // within range, by Units
		clamped = clamped || outside
	}
	return clamped
}
