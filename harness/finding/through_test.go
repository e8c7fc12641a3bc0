package finding_test

import (
	"testing"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// TestSortedPropertiesProveWhatLiesBetweenTheirEnds gives the claims on properties an
// imported list that begins and ends somewhere, without an end of its own: a key that
// would contradict may stand before or behind it.
func TestSortedPropertiesProveWhatLiesBetweenTheirEnds(t *testing.T) {
	t.Parallel()
	facts := []fact.Fact{
		fact.Property{Key: "ro.boot.verifiedbootstate", Value: "green"}, fact.Property{Key: "ro.boot.flash.locked", Value: "1"},
		fact.Property{Key: "ro.debuggable", Value: "0"}, fact.Property{Key: "ro.build.tags", Value: "release-keys"},
		fact.Property{Key: android.PropSecurityPatch, Value: "2026-02-01"}, fact.Moment{Local: "2026-02-20 08:00:00"},
	}
	for name, c := range map[string]struct {
		first, through string
		boot, keys     finding.Verdict
		patch          finding.Verdict
	}{
		"up to the last of ro.":                               {"dalvik.vm.heapsize", "ro.zygote", finding.Clear, finding.Unknown, finding.Clear},
		"cut among vendor partitions":                         {"dalvik.vm.heapsize", "ro.vendor_boot.build.date", finding.Clear, finding.Unknown, finding.Clear},
		"up to the model":                                     {"ro.boot.flash.locked", "ro.product.model", finding.Unknown, finding.Unknown, finding.Clear},
		"up to a maker's own lock":                            {"dalvik.vm.heapsize", "ro.serialno", finding.Unknown, finding.Unknown, finding.Clear},
		"cut before the boot image's":                         {"dalvik.vm.heapsize", "ro.hardware", finding.Unknown, finding.Unknown, finding.Clear},
		"without its beginning":                               {"ro.build.characteristics", "ro.zygote", finding.Unknown, finding.Unknown, finding.Clear},
		"without what Android 5 sorts before [ro.build.date]": {"ro.build.date", "ro.zygote", finding.Unknown, finding.Unknown, finding.Unknown},
		"in no order":                                         {"", "", finding.Unknown, finding.Unknown, finding.Unknown},
		"cut before the patch level":                          {"dalvik.vm.heapsize", "ro.build.version.sdk", finding.Unknown, finding.Unknown, finding.Unknown},
		"cut right behind what it says":                       {"dalvik.vm.heapsize", "ro.build.version.security_patch", finding.Unknown, finding.Unknown, finding.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			for id, verdict := range map[string]finding.Verdict{
				"verified-boot-is-green": c.boot, "release-keys": c.keys, "security-patch-is-recent": c.patch,
			} {
				k := baseline(facts...).imported().weaken("getprop", evidence.Coverage{})
				for i, v := range k.c.Coverage {
					if v.Source == "getprop" {
						r := &k.c.Coverage[i].Reading
						r.End, r.First, r.Through = printout.EndMissing, c.first, c.through
					}
				}
				k.expect(t, id, want{verdict: verdict})
			}
		})
	}
}
