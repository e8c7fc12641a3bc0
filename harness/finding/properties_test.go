package finding_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

// properties is a handset's baseline that says these properties: name, value.
func properties(pairs ...string) *kit {
	k := baseline()
	for i := 0; i < len(pairs); i += 2 {
		k.during(fact.Property{Key: pairs[i], Value: pairs[i+1]})
	}
	return k
}

// signed is what an image of Android 14 says of how it was signed, and of one
// partition that no release has yet.
func signed() []string {
	pairs := []string{
		"ro.build.description", "one-user 14 U 1 release-keys", "ro.build.flavor", "one-user", android.PropFingerprint, "specimen/one/one:14/U/1:user/release-keys",
		"ro.build.tags", "release-keys", "ro.build.type", "user", "ro.build.thumbprint", "14/U/1:user/release-keys",
		"ro.com.google.build.fingerprint", "specimen/one/one:14/U/1:user/release-keys", "ro.vendor.build.fingerprint_real", "specimen/one/one:14/U/1:user/release-keys",
		"ro.build.representative.fingerprint", "specimen/one/one:14/U/1:user/release-keys/1611225603",
	}
	for _, part := range strings.Fields("boot bootimage odm odm_dlkm product system system_dlkm system_ext vendor vendor_dlkm of_tomorrow") {
		pairs = append(pairs, "ro."+part+".build.fingerprint", "specimen/one/one:14/U/1:user/release-keys",
			"ro."+part+".build.tags", "release-keys", "ro."+part+".build.type", "user")
	}
	return pairs
}

func TestEachPropertyThatSaysHowTheImageWasSignedBears(t *testing.T) {
	t.Parallel()
	pairs := signed()
	clear := properties(pairs...).judge(t, "release-keys")
	require.Len(t, clear, 1)
	assert.Equal(t, finding.Clear, clear[0].Verdict)
	assert.Equal(t, "the image says that it is signed with release-keys, in 29 properties", clear[0].Detail)
	assert.Len(t, clear[0].Grounds, len(pairs)/2, "all lines that were read")
	for i := 0; i < len(pairs); i += 2 {
		for _, turn := range []struct {
			from, to string
			verdict  finding.Verdict
		}{
			{"release-keys", "test-keys", finding.Flagged}, {"release-keys", "dev-keys", finding.Flagged}, {"release-keys", "Test-Keys", finding.Flagged},
			{"user", "eng", finding.Flagged}, {"user", "userdebug", finding.Unknown},
		} {
			if !strings.Contains(pairs[i+1], turn.from) {
				continue
			}
			turned := slices.Clone(pairs)
			turned[i+1] = strings.Replace(pairs[i+1], turn.from, turn.to, 1)
			k := properties(turned...)
			found := k.judge(t, "release-keys")
			require.Len(t, found, 1, "%s is %s", pairs[i], turned[i+1])
			assert.Equal(t, turn.verdict.String(), found[0].Verdict.String(), "%s is %s", pairs[i], turned[i+1])
			assert.Contains(t, found[0].Detail, pairs[i]+" says "+strings.ToLower(turn.to))
			assert.Contains(t, found[0].Grounds, k.refTo(pairs[i]), "the line that contradicts is cited")
			assert.Contains(t, found[0].Grounds, k.refTo("ro.build.tags"))
		}
	}
}

// refTo is where a property stands.
func (k *kit) refTo(key string) evidence.Ref {
	for p, o := range fact.Of[fact.Property](k.c.Observations) {
		if p.Key == key {
			return o.Ref
		}
	}
	return evidence.Ref{}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	const id, tags = "release-keys", "ro.build.tags"
	for name, c := range map[string]struct {
		k      *kit
		wanted want
	}{
		"only the boot image's are test keys": {
			properties("ro.bootimage.build.fingerprint", "x/x/x:12/A/1:user/test-keys", "ro.bootimage.build.tags", "test-keys", "ro.build.description", "x-user 12 A 1 release-keys", tags, "release-keys"),
			want{finding.Flagged, "", "ro.build.tags says release-keys, and ro.bootimage.build.fingerprint, ro.bootimage.build.tags say test-keys"},
		},
		"test keys and an eng build": {
			properties("ro.bootimage.build.tags", "test-keys", "ro.bootimage.build.type", "eng", tags, "release-keys"),
			want{finding.Flagged, "", "ro.build.tags says release-keys, and ro.bootimage.build.tags says test-keys, and ro.bootimage.build.type says eng"},
		},
		"many say so": {
			properties(tags, "dev-keys", "ro.odm.build.tags", "dev-keys", "ro.vendor.build.tags", "dev-keys", "ro.product.build.tags", "dev-keys", "ro.build.type", "user"),
			want{finding.Flagged, "", "the image says that it is signed with dev-keys, in 4 properties"},
		},
		"a flag needs no ro.build.tags": {properties("ro.vendor.build.tags", "test-keys"), want{finding.Flagged, "", "the image says that it is signed with test-keys, in 1 property"}},
		"a clear one does":              {properties("ro.vendor.build.tags", "release-keys"), want{finding.Unknown, "", "ro.build.tags names no keys"}},
		"the builder's computer is no variant": {
			properties(tags, "release-keys", "ro.build.description", "x-user 11 R 1 eng.compil.20220106.112954 release-keys", android.PropFingerprint, "q/s/s:10/Q/eng.x.2022:user/release-keys"),
			want{finding.Clear, "", "the image says that it is signed with release-keys, in 3 properties"},
		},
		"another image's and what is only shown say nothing of this one": {
			properties(tags, "release-keys", "ro.build.version.base_os", "x/x/x:12/A/1:user/test-keys", "ro.build.display.id", "SKQ1 test-keys", "ro.build.keys", "test-keys", "persist.sys.last.build.tags", "test-keys"),
			want{finding.Clear, "", "the image says that it is signed with release-keys, in 1 property"},
		},
		"a list of tags": {properties(tags, "release-keys,test-keys"), want{finding.Flagged, "", "the image says that it is signed with test-keys, in 1 property"}},
	} {
		t.Run(name, func(t *testing.T) { c.k.expect(t, id, c.wanted) })
	}
}

func TestVerifiedBoot(t *testing.T) {
	t.Parallel()
	const id, green = "verified-boot-is-green", "ro.boot.verifiedbootstate"
	locked := []string{green, "green", "ro.boot.flash.locked", "1", "ro.debuggable", "0"}
	with := func(more ...string) *kit { return properties(append(slices.Clone(locked), more...)...) }
	for name, c := range map[string]struct {
		k      *kit
		wanted want
	}{
		"in capitals": {
			properties(green, "GREEN", "ro.boot.vbmeta.device_state", "LOCKED", "ro.boot.veritymode", "Enforcing", "ro.debuggable", "0"),
			want{finding.Clear, "", "the handset says that verified boot is green, and that it is locked: ro.boot.verifiedbootstate green, ro.boot.vbmeta.device_state locked, ro.boot.veritymode enforcing, ro.debuggable 0"},
		},
		"no property says locked":  {properties(green, "green", "ro.debuggable", "0"), want{finding.Clear, "", "the handset says that verified boot is green: ro.boot.verifiedbootstate green, ro.debuggable 0"}},
		"a maker's own lock":       {with("ro.secureboot.lockstate", "unlocked"), want{finding.Flagged, "", "ro.secureboot.lockstate is unlocked, not locked"}},
		"orange in capitals":       {properties(green, "ORANGE", "ro.debuggable", "0"), want{finding.Flagged, "", "ro.boot.verifiedbootstate is ORANGE, not green"}},
		"that it may be unlocked":  {with("sys.oem_unlock_allowed", "1"), want{verdict: finding.Clear}},
		"TWRP in the boot image":   {with("ro.product.bootimage.name", "twrp_psyche"), want{verdict: finding.Flagged}},
		"a maker's own boot image": {with("ro.product.bootimage.name", "gsi_arm64"), want{verdict: finding.Clear}},
		"LineageOS": {
			with("ro.lineage.device", "fleur", "ro.lineage.build.version", "19"),
			want{finding.Unknown, "", "ro.lineage.device is fleur, which tells of an image of LineageOS's, and the handset says ro.boot.verifiedbootstate green, ro.boot.flash.locked 1, ro.debuggable 0: whether its maker ships that is not known"},
		},
		"whether it may be debugged is not said": {
			properties(green, "green", "ro.boot.flash.locked", "1"), want{finding.Unknown, "", "the handset does not say ro.debuggable"},
		},
		"a recovery": {with("ro.bootmode", "recovery"), want{finding.Unknown, "", "ro.bootmode is recovery: a recovery was asked, not the system"}},
		"started":    {with("ro.bootmode", "unknown", "init.svc.recovery", "stopped"), want{verdict: finding.Clear}},
	} {
		t.Run(name, func(t *testing.T) { c.k.expect(t, id, c.wanted) })
	}
	t.Run("each sign of another's image or of a recovery keeps it from being clear", func(t *testing.T) {
		for _, sign := range [][2]string{
			{"ro.product.bootimage.name", "omni_x"}, {"ro.product.name", "TWRP_x"}, {"ro.twrp.version", "3.7.0"}, {"ro.orangefox.boot", "1"},
			{"ro.product.bootimage.name", "lineage_x"}, {"ro.boot.mode", "recovery"}, {"init.svc.recovery", "running"},
		} {
			k := with(sign[0], sign[1])
			found := k.judge(t, id)
			assert.NotEqual(t, finding.Clear, found[0].Verdict, sign[0])
			assert.Contains(t, found[0].Grounds, k.refTo(sign[0]))
		}
	})
}
