// Package leak searches text for what identifies the handset or its owner: its
// own identifiers, which are certain, and patterns whose check digits hold,
// which are probable at best. It looks at bytes and keeps none of what it finds
// but a masked form and a salted hash.
package leak

import (
	"assay/harness/android"
	"assay/harness/evidence"
)

// Certainty is how sure a detector is.
type Certainty string

// Tiers of certainty.
const (
	Certain  Certainty = "certain"  // the handset's own value
	Probable Certainty = "probable" // a check digit and a context word
	Possible Certainty = "possible" // a pattern alone; never flags
)

// Hit is one identifier found in log entries of one writer and tag.
type Hit struct {
	Kind      string // imei, serial, android_id, mac, number, imsi, iccid, email, card, location …
	Certainty Certainty
	Masked    string // enough to recognise, too little to use: 35…19; Others for several
	Hash      string // salted SHA-256, first 16 hex digits: same value, same hash within a run
	Form      string // plain, upper, lower, hex, base64, md5, sha1, sha256 … how the value was disguised

	PID   int         // -1 where it is not known, or not told apart
	UID   android.UID // NoUID where the log gave none
	Time  string      // of the first entry, as printed
	Tag   string
	Ref   evidence.Ref   // the first entry
	More  []evidence.Ref // the next ones, MostRefs with the first; of Possible ones none
	Count int            // entries, or several matches in one; 0 is 1
}
