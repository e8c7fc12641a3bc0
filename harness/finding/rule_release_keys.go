package finding

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/evidence"
)

// What is flagged is a property that says other keys than release-keys, of
// whatever partition, or that the image is an eng build: that one is made for
// whoever develops it, trusts adb with root, and is signed with test keys unless
// somebody signs it anew. A userdebug build may be signed with release keys, but
// is none that a maker releases (CDD 3.2.2 knows user, userdebug and eng): whose
// keys those are is not known. Any partition may say so, under any name that begins
// with ro., so a list that ends among those names clears nothing.
var releaseKeys = Rule{
	ID:          "release-keys",
	Title:       "The image is signed with the maker's release keys, and says so everywhere alike.",
	Why:         "Test keys are public: anybody can sign an update or an app that the handset takes for its maker's. Properties that contradict each other were changed by hand.",
	Remedy:      "Sign the image with release keys, and leave ro.build.tags, ro.build.description and ro.build.fingerprint as the build wrote them.",
	Severity:    Critical,
	SeverityWhy: "anybody can sign what the handset takes for its system",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "Android CDD 3.2.2",
	},
	Scope: PerHandset,
	Needs: []Need{{Source: properties, Reads: signingReads}},
	Check: func(c *Case) []Finding {
		said := statements(c)
		named := having(said, func(s statement) bool { return s.keys != "" })
		good := having(named, func(s statement) bool { return s.keys == releaseKeysWord })
		bad := having(said, statement.contradicts)
		debug := having(said, func(s statement) bool { return s.variant == "userdebug" })
		tags := slices.ContainsFunc(named, func(s statement) bool { return s.key == "ro.build.tags" })
		switch {
		case len(bad) > 0:
			return []Finding{flagged("", refsOf(append(bad, good...)), "%s", against(bad, good))}
		case !tags:
			return []Finding{unknown("", refsOf(said), "ro.build.tags names no keys")}
		case len(debug) > 0:
			return []Finding{unknown("", refsOf(append(debug, good...)),
				"%s, which is a build for debugging: who holds the release-keys that it names is not known", say(debug, "userdebug"))}
		}
		return []Finding{cleared(refsOf(said), "the image says that it is signed with release-keys, in %s", counted(len(good)))}
	},
}

// contradicts says whether a statement cannot stand on an image that is signed
// with release keys.
func (s statement) contradicts() bool {
	return s.keys != "" && s.keys != releaseKeysWord || s.variant == "eng"
}

func having(said []statement, is func(statement) bool) []statement {
	var some []statement
	for _, s := range said {
		if is(s) {
			some = append(some, s)
		}
	}
	return some
}

// against tells what contradicts the claim, and what it contradicts.
func against(bad, good []statement) string {
	var words []string
	for _, s := range bad {
		if w := s.word(); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	if len(words) == 1 && len(good) == 0 && strings.HasSuffix(words[0], "-keys") {
		return fmt.Sprintf("the image says that it is signed with %s, in %s", words[0], counted(len(bad)))
	}
	var told []string
	clean := having(good, func(s statement) bool { return !s.contradicts() })
	if i := slices.IndexFunc(clean, func(s statement) bool { return s.key == "ro.build.tags" }); i > 0 {
		clean = clean[i:] // what a reader looks up first
	}
	if len(clean) > 0 {
		told = append(told, say(clean[:1], releaseKeysWord))
	}
	for _, w := range words {
		told = append(told, say(having(bad, func(s statement) bool { return s.word() == w }), w))
	}
	return strings.Join(told, ", and ")
}

// word is what of a contradicting statement contradicts.
func (s statement) word() string {
	if s.keys != "" && s.keys != releaseKeysWord {
		return s.keys
	}
	return s.variant
}

// mostNamed is how many properties a sentence names.
const mostNamed = 3

// say names the properties that say one word.
func say(said []statement, word string) string {
	var keys []string
	for _, s := range said[:min(len(said), mostNamed)] {
		keys = append(keys, s.key)
	}
	verb := "say"
	switch more := len(said) - mostNamed; {
	case more > 0:
		return fmt.Sprintf("%s and %d more %s %s", strings.Join(keys, ", "), more, verb, word)
	case len(said) == 1:
		verb = "says"
	}
	return fmt.Sprintf("%s %s %s", strings.Join(keys, ", "), verb, word)
}

func counted(n int) string {
	if n == 1 {
		return "1 property"
	}
	return fmt.Sprintf("%d properties", n)
}

// refsOf cites statements, the first before the others where there are more than
// a finding keeps.
func refsOf(said []statement) []evidence.Ref {
	var refs []evidence.Ref
	for _, s := range said {
		if len(refs) < mostGrounds && !slices.Contains(refs, s.ref) {
			refs = append(refs, s.ref)
		}
	}
	return refs
}
