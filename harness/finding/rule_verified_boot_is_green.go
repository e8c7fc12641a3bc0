package finding

import (
	"slices"

	"assay/harness/evidence"
)

// The boot loader passes its state on as properties: ro.boot.verifiedbootstate
// (green, yellow, orange, red), ro.boot.flash.locked, ro.boot.vbmeta.device_state
// and ro.boot.veritymode, from Android 6 or 7 on; ro.debuggable is the image's.
var verifiedBootIsGreen = Rule{
	ID:     "verified-boot-is-green",
	Title:  "The handset starts only its maker's image, checked and locked.",
	Why:    "On an unlocked or debuggable handset none of Android's promises of privacy holds.",
	Remedy: "Ship with the boot loader locked, the state green, dm-verity enforcing and ro.debuggable 0.",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "Android CDD 9.10",
	},
	Scope: PerHandset,
	Needs: []Need{{Source: properties, Named: true, Until: "ro.debuggable"}},
	Check: func(c *Case) []Finding {
		var g gathered
		var grounds []evidence.Ref
		for _, b := range bootSigns {
			value, ref, ok := property(c, b.key)
			switch {
			case !ok || value == "":
				if b.required {
					g.findings = append(g.findings, unknown("", nil, "the handset does not say %s", b.key))
				}
			case !slices.Contains(b.good, value):
				g.add(Flagged, "", ref, "%s is %s, not %s", b.key, value, b.good[0])
			default:
				grounds = append(grounds, ref)
			}
		}
		if len(g.findings) == 0 {
			return []Finding{cleared(grounds, "verified boot is green, and the handset is locked")}
		}
		return g.findings
	},
}

// bootSigns are the properties that tell; what is not required is absent from
// many good handsets.
var bootSigns = []struct {
	key      string
	good     []string
	required bool
}{
	{"ro.boot.verifiedbootstate", []string{"green"}, true},
	{"ro.boot.flash.locked", []string{"1"}, false},
	{"ro.boot.vbmeta.device_state", []string{"locked"}, false},
	{"ro.boot.veritymode", []string{"enforcing", "eio"}, false},
	{"ro.debuggable", []string{"0"}, false},
}
