package leak

import (
	"strconv"
)

var location = Detector{
	Name:     "location",
	About:    "a latitude and a longitude, each with four decimals or more: ten metres",
	Gate:     "both in range and not both nearly zero; beside a word such as lat, lon or location only",
	triggers: trigger{fraction: true},
	find: func(text []byte, start, end int, found []span) []span {
		first := decimalStart(text, start)
		second, last := nextDecimal(text, end)
		if first < 0 || last < 0 {
			return found
		}
		a, errA := strconv.ParseFloat(string(text[first:end]), 64)
		b, errB := strconv.ParseFloat(string(text[second:last]), 64)
		if errA != nil || errB != nil || !onEarth(a, b) || !near(text, first, last, placeWords) && !hasWord(text, end, second, placeWords) {
			return found
		}
		value := strconv.FormatFloat(a, 'f', 4, 64) + "," + strconv.FormatFloat(b, 'f', 4, 64)
		return append(found, span{first, last, "location", Probable, "plain", value})
	},
}

var placeWords = newVocabulary(
	"lat", "latitude", "lon", "lng", "long", "longitude", "latlng", "latlon", "loc", "location", "gps", "gnss", "geo",
	"geofence", "fused", "coord", "coords", "coordinate", "position", "fix", "place",
)

// decimalStart gives where the number begins whose decimals begin at i: up to
// three digits, a point, and perhaps a minus sign; -1 if it is longer, or a part
// of a version such as 1.2.3456.
func decimalStart(text []byte, i int) int {
	start := i - 1
	for digitAt(text, start-1) && i-start < 5 {
		start--
	}
	if n := i - 1 - start; n < 1 || n > 3 || start > 0 && (wordAt(text, start-1) || text[start-1] == '.' || text[start-1] == '_') {
		return -1
	}
	if start > 0 && text[start-1] == '-' {
		start--
	}
	return start
}

// nextDecimal finds the other number of a pair: it begins at most so many bytes
// on, with words and punctuation of one line between.
func nextDecimal(text []byte, from int) (start, end int) {
	const between = 24
	i := from
	for i < len(text) && i-from <= between && !isDigit(text[i]) {
		if text[i] == '\n' || i == from && (isLetter(text[i]) || text[i] == '.') {
			return -1, -1
		}
		i++
	}
	start = i
	if i == from || !digitAt(text, i) {
		return -1, -1
	}
	if text[start-1] == '-' {
		start--
	}
	for digitAt(text, i) {
		i++
	}
	point := i
	if i >= len(text) || text[i] != '.' || decimalStart(text, i+1) < 0 {
		return -1, -1
	}
	for i++; digitAt(text, i); i++ {
	}
	if i-point-1 < 4 || wordAt(text, i) {
		return -1, -1
	}
	return start, i
}

// onEarth says whether two numbers are a latitude and a longitude, in either
// order, and not two small fractions.
func onEarth(a, b float64) bool {
	within := func(v, limit float64) bool { return v >= -limit && v <= limit }
	if within(a, 1) && within(b, 1) {
		return false
	}
	return within(a, 90) && within(b, 180) || within(a, 180) && within(b, 90)
}
