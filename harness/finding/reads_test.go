package finding_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// sign is a property that keeps a rule from being clear, of an entry that it reads.
type sign struct{ rule, entry, key, value string }

// signs has at least one of each entry that a rule reads; of the keys, one of each
// property that can say them, and the first and the last in the order.
func signs() []sign {
	const boot, patch, log = "verified-boot-is-green", "security-patch-is-recent", "no-identifier-in-the-log"
	all := []sign{
		{boot, "init.svc.recovery", "init.svc.recovery", "running"},
		{boot, "ro.boot.flash.locked", "ro.boot.flash.locked", "0"},
		{boot, "ro.boot.mode", "ro.boot.mode", "recovery"},
		{boot, "ro.boot.vbmeta.device_state", "ro.boot.vbmeta.device_state", "unlocked"},
		{boot, "ro.boot.verifiedbootstate", "ro.boot.verifiedbootstate", "orange"},
		{boot, "ro.boot.veritymode", "ro.boot.veritymode", "disabled"},
		{boot, "ro.bootmode", "ro.bootmode", "recovery"},
		{boot, "ro.debuggable", "ro.debuggable", "1"},
		{boot, "ro.lineage.", "ro.lineage.device", "one"},
		{boot, "ro.orangefox.", "ro.orangefox.boot", "1"},
		{boot, "ro.product.bootimage.name", "ro.product.bootimage.name", "omni_one"},
		{boot, "ro.product.name", "ro.product.name", "twrp_one"},
		{boot, "ro.secureboot.lockstate", "ro.secureboot.lockstate", "unlocked"},
		{boot, "ro.twrp.", "ro.twrp.boot", "1"},
		{patch, android.PropSecurityPatch, android.PropSecurityPatch, "2025-02-01"},
		{patch, "ro.build.date.utc", "ro.build.date.utc", "1893456000"},
		{log, "log.tag", "log.tag", "S"},
		{log, "persist.log.tag", "persist.log.tag", "M"},
	}
	keys := append(signed(), "ro.aaa.build.tags", "release-keys", "ro.zzz.build.fingerprint", "one/one/one:14/U/1:user/release-keys")
	for i := 0; i < len(keys); i += 2 {
		if bad := strings.Replace(keys[i+1], "release-keys", "test-keys", 1); bad != keys[i+1] {
			all = append(all, sign{"release-keys", "ro.", keys[i], bad})
		}
	}
	return all
}

// blameless is a getprop that no rule has anything against.
func blameless() map[string]string {
	all := map[string]string{
		"aaudio.hw_burst_min_usec": "2000", "dalvik.vm.heapsize": "512m", "gsm.operator.alpha": "one,two",
		"init.svc.adbd": "running", "kernel.version": "5.10",
		"log.tag.one": "D", "persist.log.tag.one": "D", // which Android 5 sorts before [log.tag]
		"persist.sys.boot.reason": "", "persist.sys.boot.reason.history": "reboot,1700000100\nreboot,1700000000",
		"ro.actionable_compatible_property.enabled": "true", "ro.boot.flash.locked": "1", "ro.boot.verifiedbootstate": "green",
		"ro.build.date": "Thu", "ro.build.date.utc": "1760000000", android.PropSecurityPatch: "2026-02-01", "ro.debuggable": "0",
		"ro.product.model": "One", "ro.zygote": "zygote64", "sys.boot_completed": "1", "vold.has_adoptable": "0", "wifi.interface": "wlan0",
	}
	pairs := signed()
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return all
}

// printed gives the entries of a getprop in one of the orders in which Android sorts.
func printed(all map[string]string, byRow bool) (keys, rows []string) {
	for key := range all {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if byRow {
			return strings.Compare(a+"]", b+"]")
		}
		return strings.Compare(a, b)
	})
	for _, key := range keys {
		rows = append(rows, propertyRow(key, all[key]))
	}
	return keys, rows
}

func propertyRow(key, value string) string { return fmt.Sprintf("[%s]: [%s]\n", key, value) }

// said is a case of a rule whose getprop is this text, taken in as it was found
// (judge: found).
func said(t *testing.T, rule, text string) *kit {
	t.Helper()
	k := baseline(fact.Moment{Local: "2026-02-20 08:00:00"}).imported()
	if rule == "no-identifier-in-the-log" {
		k = attempt(step(1, "idle"), fact.Identifier{Type: "imei", Value: "356938035643809"})
	}
	i := slices.IndexFunc(k.c.Coverage, func(v finding.Covered) bool { return v.Source == "getprop" })
	v := &k.c.Coverage[i]
	r, err := observe.Read("getprop", strings.NewReader(text), printout.Input{SDK: 34}, func(f fact.Fact, s evidence.Span) {
		ref := v.Ref
		ref.Span = s
		k.c.Observations = append(k.c.Observations, fact.Observation{Fact: fact.Keep(f), Source: "getprop", Ref: ref})
	})
	require.NoError(t, err)
	v.Reading, v.Coverage = r, evidence.Coverage{State: evidence.Unknown}
	if r.Lacks == "" && r.End == printout.EndSeen {
		v.Coverage.State = evidence.Whole
	}
	return k
}

// verdict is what a rule makes of a text: Clear where all that it found is.
func verdict(t *testing.T, rule, text string) finding.Verdict {
	t.Helper()
	for _, f := range said(t, rule, text).judge(t, rule) {
		if f.Verdict != finding.Clear {
			return f.Verdict
		}
	}
	return finding.Clear
}

func TestEachPropertyThatARuleReadsIsAmongTheSigns(t *testing.T) {
	t.Parallel()
	for _, r := range finding.All {
		for _, n := range r.Needs {
			for _, entry := range n.Reads {
				told := slices.ContainsFunc(signs(), func(s sign) bool { return s.rule == r.ID && s.entry == entry })
				assert.True(t, told, "%s reads %s", r.ID, entry)
			}
			assert.Equal(t, n.Source == "getprop", n.Reads != nil, "%s needs %s", r.ID, n.Source)
		}
	}
}

func TestRulesReadPropertiesThroughTheirListAlone(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		// cell.go reads a notice to readers, which no rule knows.
		if f != "reads.go" && f != "cell.go" && !strings.HasSuffix(f, "_test.go") {
			assert.NotContains(t, string(text), "Of[fact.Property]", f)
		}
	}
}

func TestNoPartOfGetpropIsClearWithoutItsSign(t *testing.T) {
	t.Parallel()
	for _, byRow := range []bool{false, true} {
		for _, s := range signs() {
			_, rows := printed(blameless(), byRow)
			require.Equal(t, finding.Clear, verdict(t, s.rule, strings.Join(rows, "")), s.rule)
			with := blameless()
			with[s.key] = s.value
			keys, rows := printed(with, byRow)
			require.NotEqual(t, finding.Clear, verdict(t, s.rule, strings.Join(rows, "")), "%s is %s", s.key, s.value)
			at := slices.Index(keys, s.key)
			for i := range rows {
				part := rows[:i]
				if i > at {
					part = rows[i:]
				}
				require.NotEqual(t, finding.Clear.String(), verdict(t, s.rule, strings.Join(part, "")).String(),
					"%s: without %s, cut at %s", s.rule, s.key, keys[i])
			}
		}
	}
}

// TestAPartOfGetpropInNoOrderIsNotClear cuts the sign out of a list in which what
// otherwise shows that all of ro. is there stands near its beginning.
func TestAPartOfGetpropInNoOrderIsNotClear(t *testing.T) {
	t.Parallel()
	for _, s := range signs() {
		rest := blameless()
		first := []string{"aaudio.hw_burst_min_usec", "ro.actionable_compatible_property.enabled", "wifi.interface"}
		text := ""
		for _, key := range first {
			text += propertyRow(key, rest[key])
			delete(rest, key)
		}
		_, rows := printed(rest, false)
		assert.Equal(t, finding.Unknown.String(), verdict(t, s.rule, text+strings.Join(rows, "")).String(), s.rule)
	}
}

// damages are ways in which one line of a getprop comes to be none: each byte of its
// form lost, something before it, something that does not print or a line's end at any
// place in it, and the line before or behind run into it.
func damages(text string) map[string]string {
	line := strings.TrimSuffix(text, "\n")
	all := map[string]string{}
	for _, b := range []string{"x", " ", "\x01", "\x00", "\x7f", "[", "WARNING: linker: one", "one:/ $ getprop"} {
		all[fmt.Sprintf("%q before it", b)] = b + text
	}
	end := strings.Index(line, "]: [")
	form := map[string]int{"[": 0, "]": end, ":": end + 1, " ": end + 2, "[ of the value": end + 3, "] of the value": len(line) - 1}
	for what, at := range form {
		all["without "+what] = line[:at] + line[at+1:] + "\n"
	}
	for at := 1; at < len(line); at++ {
		all[fmt.Sprintf("\\x01 at %d", at)] = line[:at] + "\x01" + line[at:] + "\n"
		all[fmt.Sprintf("torn at %d", at)] = line[:at] + "\n" + line[at:] + "\n"
	}
	all["run into the next"] = line
	return all
}

func TestADamagedLineOfGetpropIsNotClear(t *testing.T) {
	t.Parallel()
	for _, s := range signs() {
		with := blameless()
		with[s.key] = s.value
		keys, rows := printed(with, false)
		at := slices.Index(keys, s.key)
		for what, text := range damages(rows[at]) {
			damaged := slices.Clone(rows)
			damaged[at] = text
			assert.NotEqual(t, finding.Clear.String(), verdict(t, s.rule, strings.Join(damaged, "")).String(),
				"%s: %s is damaged: %s", s.rule, s.key, what)
		}
		for _, what := range []string{"x", "WARNING: linker: one"} {
			sorted := slices.Clone(rows)
			sorted[at] = what + rows[at]
			slices.Sort(sorted)
			assert.NotEqual(t, finding.Clear.String(), verdict(t, s.rule, strings.Join(sorted, "")).String(),
				"%s: %s behind %s, and sorted", s.rule, s.key, what)
		}
		if at > 0 {
			damaged := slices.Clone(rows)
			damaged[at-1] = strings.TrimSuffix(rows[at-1], "\n")
			assert.NotEqual(t, finding.Clear.String(), verdict(t, s.rule, strings.Join(damaged, "")).String(),
				"%s: %s is run into what stands before", s.rule, s.key)
		}
	}
}

func TestALineThatCannotBeWhatARuleReadsLeavesItClear(t *testing.T) {
	t.Parallel()
	_, rows := printed(blameless(), false)
	for what, c := range map[string]struct{ before, line string }{
		"it has no bracket":        {"ro.build.tags", "one: no room left\n"},
		"it stands behind all":     {"wifi.interface", "]wifi.one]: [two\n"},
		"it stands between others": {"persist.sys.boot.reason.history", "persist.sys.boot.reason.a]: [one]\n"},
	} {
		at := slices.IndexFunc(rows, func(r string) bool { return strings.HasPrefix(r, "["+c.before+"]") })
		text := strings.Join(slices.Insert(slices.Clone(rows), at, c.line), "")
		r, err := observe.Read("getprop", strings.NewReader(text), printout.Input{}, func(fact.Fact, evidence.Span) {})
		require.NoError(t, err)
		require.Equal(t, 1, r.Unread, what)
		for _, s := range signs() {
			assert.Equal(t, finding.Clear.String(), verdict(t, s.rule, text).String(), "%s: %s", s.rule, what)
		}
	}
}

// TestAnExcerptIsTakenAsItStandsAndAPartIsNot has eight lines that a person picked, and
// as many lines and more that a print-out was cut to.
func TestAnExcerptIsTakenAsItStandsAndAPartIsNot(t *testing.T) {
	t.Parallel()
	picked := []string{"ro.boot.flash.locked=1", "ro.boot.verifiedbootstate=green", "ro.build.version.sdk=26", "ro.debuggable=0"}
	say := func(lines []string, filler int) string {
		var b strings.Builder
		for _, line := range lines {
			key, value, _ := strings.Cut(line, "=")
			fmt.Fprintf(&b, "[%s]: [%s]\n", key, value)
			for i := 0; key == "ro.build.version.sdk" && i < filler; i++ {
				fmt.Fprintf(&b, "[ro.c%03d]: []\n", i)
			}
		}
		return b.String()
	}
	told := said(t, "verified-boot-is-green", say(picked, 0)).judge(t, "verified-boot-is-green")
	require.Len(t, told, 1)
	assert.Contains(t, told[0].Detail, "an excerpt", "who reads the table is told that it is one")
	assert.Equal(t, finding.Clear, verdict(t, "verified-boot-is-green", say(picked, 0)))
	assert.Equal(t, finding.Clear, verdict(t, "verified-boot-is-green", say(picked, 29-len(picked))))
	assert.Equal(t, finding.Unknown, verdict(t, "verified-boot-is-green", say(picked, 30-len(picked))), "a part of a print-out")
	assert.Equal(t, finding.Unknown, verdict(t, "verified-boot-is-green", say(picked[:3], 0)), "it lacks what each handset has")
	assert.Equal(t, finding.Flagged, verdict(t, "verified-boot-is-green", say(append([]string{"ro.boot.flash.locked=0"}, picked[1:]...), 0)))
	assert.NotEqual(t, finding.Clear, verdict(t, "verified-boot-is-green", say(picked, 0)+"x[ro.boot.flash.locked]: [0]\n"))
}
