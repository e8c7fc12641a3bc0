package finding

import (
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
)

var releaseKeys = Rule{
	ID:     "release-keys",
	Title:  "The image is signed with the maker's release keys, and says so everywhere alike.",
	Why:    "Test keys are public: anybody can sign an update or an app that the handset takes for its maker's. Properties that contradict each other were changed by hand.",
	Remedy: "Sign the image with release keys, and leave ro.build.tags, ro.build.description and ro.build.fingerprint as the build wrote them.",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "Android CDD 3.2.2",
	},
	Scope: PerHandset,
	Needs: []Need{{Source: properties, Named: true, Until: "ro.vendor_"}},
	Check: func(c *Case) []Finding {
		var said []claim
		for _, key := range []string{"ro.build.tags", "ro.build.description", android.PropFingerprint} {
			value, ref, ok := property(c, key)
			if keys := keysOf(value); ok && keys != "" {
				said = append(said, claim{key, keys, ref})
			}
		}
		if len(said) == 0 || said[0].key != "ro.build.tags" {
			return []Finding{unknown("", refsOf(said), "ro.build.tags names no keys")}
		}
		for _, s := range said {
			if s.keys != said[0].keys {
				return []Finding{flagged("", refsOf(said), "%s says %s, and %s says %s", said[0].key, said[0].keys, s.key, s.keys)}
			}
		}
		if said[0].keys != "release-keys" {
			return []Finding{flagged("", refsOf(said), "the image is signed with %s", said[0].keys)}
		}
		return []Finding{cleared(refsOf(said), "the image is signed with release-keys")}
	},
}

// claim is what one property says of the keys.
type claim struct {
	key, keys string
	ref       evidence.Ref
}

// keysOf reads the keys that a property names: the last word of tags such as
// "release-keys", of a description "x-user 13 TP1A.1 7 release-keys" and of a
// fingerprint "…:user/release-keys". Tags may be a list; the worst counts.
func keysOf(value string) string {
	words := strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '/' || r == ',' })
	words = slices.DeleteFunc(words, func(w string) bool { return !strings.HasSuffix(w, "-keys") })
	if len(words) == 0 {
		return ""
	}
	for _, w := range words {
		if w != "release-keys" {
			return w
		}
	}
	return words[0]
}

func refsOf(said []claim) []evidence.Ref {
	var refs []evidence.Ref
	for _, s := range said {
		refs = append(refs, s.ref)
	}
	return refs
}
