package finding

import (
	"regexp"
	"slices"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// signing matches the properties that say how an image was built and signed:
// ro.build.tags of the system's, ro.<partition>.build.tags of each other one
// (ro.vendor.build.tags, ro.bootimage.build.type, ro.system_dlkm.build.fingerprint),
// so that a partition that a release adds is among them. AOSP writes them in
// build/make tools/buildinfo.sh (Android 5 to 13), sysprop.mk and
// post_process_props.py, and scripts/gen_build_prop.py from 14; a thumbprint
// stands in for the fingerprint where that is put together on the handset.
// Makers add fingerprints of variants: ro.vendor.build.fingerprint_real, and LG and
// vivo ro.build.representative.fingerprint. Left
// out are ro.build.version.base_os, which names another image, and
// ro.build.display.id, of whose form CDD 3.2.2 asks nothing: stock MIUI for
// Android 12 shows test-keys in it on images that are signed with others. So does
// ro.build.keys, which chip makers' buildinfo.sh writes beside it: it holds the keys
// with which the image was built. A maker signs it anew afterwards, and AOSP's
// build/make tools/releasetools/sign_target_files_apks.py then turns tags, fingerprints,
// thumbprints and the description into release-keys (RewriteProps), and passes over
// ro.build.keys. A Motorola edge 20 and a Redmi 9 Power that are locked and green, so
// that their maker's key has checked the image, say test-keys in it and release-keys
// in all others, and so do LG's V60 and Humane's AiPin.
var signing = regexp.MustCompile(
	`^ro\.(?:[a-z0-9_]+\.)*build\.(?:representative\.)?(tags|type|flavor|description|fingerprint|thumbprint)(?:_[a-z0-9_]+)?$`,
)

// signingReads is where signing matches: any partition may say so.
var signingReads = reads{"ro."}

// statement is what one property says of how the image was built: with which
// keys it is signed, and as which variant.
type statement struct {
	key     string
	keys    string // release-keys, test-keys, dev-keys; "": it names none
	variant string // user, userdebug, eng; "": it names none
	ref     evidence.Ref
}

// statements reads what the properties of a case say, in the order in which they
// stand, each property and value once.
func statements(c *Case) []statement {
	var all []statement
	seen := map[fact.Property]bool{}
	for p, o := range signingReads.of(c) {
		m := signing.FindStringSubmatch(p.Key)
		if m == nil || seen[p] {
			continue
		}
		seen[p] = true
		s := statement{key: p.Key, keys: keysOf(p.Value), variant: variantOf(m[1], p.Value), ref: o.Ref}
		if s.keys != "" || s.variant != "" {
			all = append(all, s)
		}
	}
	return all
}

// keysOf reads the keys that a property names: the last word of tags such as
// "release-keys", of a description "x-user 13 TP1A.1 7 release-keys" and of a
// fingerprint "…:user/release-keys". Tags may be a list; the worst counts.
func keysOf(value string) string {
	words := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ' ' || r == '/' || r == ',' })
	words = slices.DeleteFunc(words, func(w string) bool { return !strings.HasSuffix(w, "-keys") })
	if len(words) == 0 {
		return ""
	}
	for _, w := range words {
		if w != releaseKeysWord {
			return w
		}
	}
	return words[0]
}

const releaseKeysWord = "release-keys"

// variantOf reads the variant that a property of a kind names: a type is one; a
// flavor "full_x-eng" and the first word of a description end in one; in a
// fingerprint "…:eng/release-keys" it stands before the tags. What stands
// elsewhere, as in the incremental "eng.jenkins.2022…", is whose computer built it.
func variantOf(kind, value string) string {
	word := strings.ToLower(strings.TrimSpace(value))
	switch kind {
	case "tags":
		return ""
	case "fingerprint", "thumbprint":
		word = word[strings.LastIndexByte(word, ':')+1:]
		word, _, _ = strings.Cut(word, "/")
	case "flavor", "description":
		word, _, _ = strings.Cut(word, " ")
		word = word[strings.LastIndexByte(word, '-')+1:]
	}
	switch word {
	case "user", "userdebug", "eng":
		return word
	}
	return ""
}
