package windows

import (
	"go.k6.io/k6/v2/metrics"
)

// A series is a metric under one set of kept tags. All k6 time series that differ only in other tags fold
// into it.
type series struct {
	key      string // in the table; see appendKey
	head     []byte // its JSON up to the figures: "metric":..,"type":..,"unit":..,"tags":{..}
	kind     metrics.MetricType
	overflow bool // stands for all series of its metric beyond the limit

	// What it did in the two open windows; nil where it had no samples.
	old, current *cell

	idle int // windows closed since the last one with samples
}

// appendKey adds to dst what tells the series of ts from others: the metric and the kept tags.
// 0xff is in no UTF-8 text, so no tag value can imitate another key.
func appendKey(dst []byte, ts metrics.TimeSeries, tags []string) []byte {
	dst = append(dst, ts.Metric.Name...)
	for i, name := range tags {
		if value := keptValue(ts.Tags, name); value != "" {
			dst = append(dst, 0xff, byte(i>>8), byte(i))
			dst = append(dst, value...)
		}
	}
	return dst
}

// keptTags are the tags a series of ts carries in the output.
func keptTags(ts metrics.TimeSeries, tags []string) map[string]string {
	kept := make(map[string]string)
	for _, name := range tags {
		if value := keptValue(ts.Tags, name); value != "" {
			kept[name] = value
		}
	}
	return kept
}

// keptValue is the value of a tag as a series carries it, or "" if it carries none.
func keptValue(tags *metrics.TagSet, name string) string {
	value, found := tags.Get(name)
	if found && name == "status" {
		return statusClass(value)
	}
	return value
}

// statusClass turns an HTTP status into its class, 404 into 4xx, since single codes multiply series.
// No answer ("" or "0") is "0"; anything else, such as a gRPC code, stays.
func statusClass(status string) string {
	switch {
	case status == "":
		return "0"
	case len(status) == 3 && status[0] >= '1' && status[0] <= '5':
		return classes[status[0]-'1']
	default:
		return status
	}
}

var classes = [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}

// unit names the unit of a metric's values.
func unit(contains metrics.ValueType) string {
	switch contains {
	case metrics.Time:
		return "ms"
	case metrics.Data:
		return "bytes"
	default:
		return ""
	}
}

// head is the JSON of a series up to its figures.
func head(metric *metrics.Metric, tags map[string]string) []byte {
	b := append([]byte(`"metric":`), quoted(metric.Name)...)
	b = append(b, `,"type":"`...)
	b = append(b, metric.Type.String()...)
	b = append(b, `","unit":"`...)
	b = append(b, unit(metric.Contains)...)
	b = append(b, `","tags":`...)
	return append(b, quoted(tags)...)
}

// quoted is the JSON of a string or of a map of strings, neither of which can fail.
func quoted(v any) []byte {
	b, _ := metrics.MarshalJSONWithoutHTMLEscape(v)
	return b
}
