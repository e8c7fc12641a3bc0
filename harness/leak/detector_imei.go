package leak

import "slices"

var imei = Detector{
	Name:     "imei",
	About:    "an IMEI: 15 digits",
	Gate:     "Luhn, and the two digits of a TAC's reporting body; probable beside imei, meid or device id; without such a word not beside one of time",
	triggers: trigger{runs: [2]int{15, 15}},
	find: func(text []byte, start, end int, found []span) []span {
		b := text[start:end]
		if !slices.Contains(reportingBodies, string(b[:2])) || !luhn(b) || !alone(text, start, end) {
			return found
		}
		certainty := graded(text, start, end, imeiWords)
		if certainty == Possible && near(text, start, end, clockWords) {
			return found
		}
		return append(found, span{start, end, "imei", certainty, "plain", string(b)})
	},
}

// reportingBodies are the bodies that the GSMA lets issue TACs (TS.06).
var reportingBodies = []string{"01", "33", "35", "44", "45", "49", "50", "51", "52", "53", "54", "86", "91", "98", "99"}

var imeiWords = newVocabulary("imei", "imei1", "imei2", "meid", "deviceid", "device id", "device_id")

// clockWords stand beside numbers that count nanoseconds or name memory.
var clockWords = newVocabulary(
	"time",
	"timestamp",
	"ns",
	"us",
	"nanos",
	"micros",
	"elapsed",
	"duration",
	"uptime",
	"pts",
	"vsync",
	"ptr",
	"addr",
	"address",
	"inode",
	"handle",
	"token",
)
