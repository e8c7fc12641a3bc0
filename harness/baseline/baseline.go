// Package baseline holds whom Android itself gives sensitive permissions, by
// release, and tells of one grant whether it is among them.
//
// CDD 9.1 forbids a preinstalled app a permission that nobody was asked for,
// unless the app is the default handler of an intent that is tied to it. AOSP
// does that in code (DefaultPermissionGrantPolicy), and what its code gives is
// expected; what a file of the image or a changed policy adds is its maker's
// doing. The code is held here as rows of data:
//
//	sets.tsv      permission sets such as @phone, by SDK
//	splits.tsv    which permission brings which others to an app for an older SDK
//	holders.tsv   whom the policy gives what, and how a handset tells who that is
//	roles.tsv     what a role gives its holder, from Android 11
//	platform.tsv  what AOSP builds, with which key, and what that asks for
//	google.tsv    Google's own exceptions that unrelated brands carry
//
// Each row says from and to which SDK it holds and where that was read; a file's
// head says what lies between. SDK "-" as the last is: still so in SDK 36.
//
// [Tables.Look] answers a [Question] on one grant of one handset. It is a pure
// function of the tables, the question and what a [Handset] says of itself, and
// goes permission by permission, never app by app. Its [Answer] has a [Class], the
// [Row] that decides, to be quoted, and a [Certainty]: who alone answers an intent
// is the one that the policy meant; one of several, or who is known by a stand-in,
// may be. Only [Answer.Expected] clears. Where no row is the app's, [Answer.Unasked]
// are those of whose holder the handset was not asked, or did not tell.
//
// Who signs and what AOSP of that release builds decide, a name alone never. And
// the platform's key excuses nobody: makers sign dozens of their own apps with it,
// which are a class apart, [MakersPlatform].
//
// A new expected holder is a row in a table. The tests lint every row, and take
// each away in turn to see that its holder is then no longer expected by it.
package baseline

import (
	"fmt"

	"assay/harness/android"
)

// Class says why an app has a permission.
type Class int

// The classes. Up to Google they are expected, where they are certain.
const (
	NotKnown       Class = iota
	User                 // its user chose, or is still asked
	Platform             // a part of Android, by its key or its UID
	DefaultHandler       // the app that answers an intent
	ByRole               // the holder of a role
	Component            // a provider or another component that AOSP names
	Google               // Google's own exception, by Google's signer
	Declared             // an exception that the image's maker declares in a file
	MakersPlatform       // a maker's app with the platform's key or UID
	Bare                 // nothing explains it
)

var classes = [...]string{
	"not known", "user", "platform", "default handler", "role", "known component", "Google", "declared exception",
	"maker's platform app", "bare",
}

// String gives the class in words.
func (c Class) String() string { return word(classes[:], int(c)) }

// Certainty says how sure it is that the app is the one that a row means.
type Certainty int

// The certainties, the weakest first.
const (
	Unsure   Certainty = iota
	StandIn            // a weaker sign stood in for what decides: a name, a MIME type
	OneOf              // one of several that answer
	SoleOne            // the only one, told by the handset itself
	byItself           // the flag of the grant says so
)

var certainties = [...]string{"not known", "stand-in by name", "one of several", "sole holder", "by its flag"}

// String gives the certainty in words.
func (c Certainty) String() string { return word(certainties[:], int(c)) }

func word(words []string, i int) string {
	if i < 0 || i >= len(words) {
		return words[0]
	}
	return words[i]
}

// Told is what a handset says to a question: that it is not known, no, or yes.
type Told int

// What is told. The zero value says that it is not known.
const (
	Untold Told = iota
	No
	Yes
)

// Answer is what the tables say of one grant. Its zero value says that nothing is known.
type Answer struct {
	Class     Class
	Row       *Row // that decides; nil where none does
	For       android.Package
	Certainty Certainty
	Beyond    bool   // the image nailed it down (SYSTEM_FIXED), and every row says that AOSP does not
	Ground    string // the file and line of a declared exception
	Unasked   []*Row // where no row decides: those that give it, and of whose holder the handset tells nothing
	sdk       int
}

// Expected says whether Android itself, a role, or the user gave the permission,
// for certain. What is not expected is not yet wrong: see Perhaps.
func (a Answer) Expected() bool {
	return a.Class > NotKnown && a.Class <= Google && a.Certainty >= SoleOne && !a.Beyond
}

// Perhaps says that a row may explain the grant: the app is one of several, or
// known by a stand-in only.
func (a Answer) Perhaps() bool {
	return a.Class == NotKnown || a.Class <= Google && a.Certainty < SoleOne && !a.Beyond
}

// String quotes the row that decides, such as "default dialer: AOSP's grant
// policy, Android 11, sole handler".
func (a Answer) String() string {
	switch {
	case a.Row == nil && a.Ground != "":
		return a.Class.String() + ": " + a.Ground
	case a.Row == nil:
		return a.Class.String()
	}
	sure := a.Certainty.String()
	if a.Certainty == SoleOne && a.Row.Kind == Handler {
		sure = "sole handler"
	}
	s := fmt.Sprintf("%s: %s, %s, %s", a.Row.What, a.Row.origin(), release(a.sdk), sure)
	if a.Class == MakersPlatform {
		s = fmt.Sprintf("%s: %s, and AOSP builds no such app that asks for it", a.Class, a.Row.What)
	}
	if a.Beyond {
		s += ", fixed beyond AOSP"
	}
	return s
}

// release names Android's release by its SDK.
func release(sdk int) string {
	names := map[int]string{
		23: "6", 24: "7.0", 25: "7.1", 26: "8.0", 27: "8.1", 28: "9", 29: "10", 30: "11", 31: "12", 32: "12L", 33: "13", 34: "14", 35: "15", 36: "16",
	}
	if n, ok := names[sdk]; ok {
		return "Android " + n
	}
	return fmt.Sprintf("SDK %d", sdk)
}
