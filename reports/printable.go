package reports

import "assay/harness/android"

// cellLimit is how many characters of one value people are shown; machines get
// the whole.
const cellLimit = 200

// lineLimit is how many characters of a title, a note or an afterword.
const lineLimit = 1000

// Printable is android.Printable.
func Printable(s string, limit int) string { return android.Printable(s, limit) }

// harmless says whether s is plain ASCII that prints: nearly all text is.
func harmless(s string) bool { return android.PlainASCII(s) }

func prints(r rune) bool { return android.Prints(r) }
