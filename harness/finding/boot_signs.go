package finding

import (
	"maps"
	"slices"
	"strings"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// bootSigns are the properties that tell of verified boot; what is not required
// is absent from many good handsets. Values are compared without regard to case:
// Huawei's and Honor's boot loaders say GREEN. init makes ro.boot.X of
// androidboot.X on the kernel's command line (AOSP system/core init, Android 5 to
// 16), which is where the boot loader writes. Not among them is
// sys.oem_unlock_allowed: a switch of its user's that lets the handset be
// unlocked, and not what it is.
var bootSigns = []struct {
	key      string
	good     []string
	required bool
	lock     bool // it says in itself that the boot loader is locked
}{
	{key: "ro.boot.verifiedbootstate", good: []string{"green"}, required: true},
	{key: "ro.boot.flash.locked", good: []string{"1"}, lock: true},
	{key: "ro.boot.vbmeta.device_state", good: []string{"locked"}, lock: true}, // AVB 2.0, external/avb libavb/avb_cmdline.c
	{key: "ro.secureboot.lockstate", good: []string{"locked"}, lock: true},     // Xiaomi's
	// libavb writes what is done where dm-verity finds an error.
	{key: "ro.boot.veritymode", good: []string{"enforcing", "eio", "panicking"}},
	// The image's own; every build names it (AOSP build/make core/main.mk, Android 5 to 16).
	{key: "ro.debuggable", good: []string{"0"}, required: true},
}

// bootNeed is what verifiedBootIsGreen rests on.
var bootNeed = Need{Source: properties, Reads: bootReads, Excerpt: requiredSigns()}

// requiredSigns are the signs that every handset has.
func requiredSigns() (keys []string) {
	for _, s := range bootSigns {
		if s.required {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// recoverySigns are what a handset says that has started its recovery. The boot
// loader names the mode; recovery is a service of init's in its own image alone
// (AOSP bootable/recovery etc/init.rc).
var recoverySigns = map[string]string{
	"ro.bootmode": "recovery", "ro.boot.mode": "recovery", "init.svc.recovery": "running",
}

// bootReads is all that verifiedBootIsGreen reads: each sign of the tables here.
var bootReads = readsOfBoot()

func readsOfBoot() reads {
	all := reads(slices.Collect(maps.Keys(recoverySigns)))
	for _, s := range bootSigns {
		all = append(all, s.key)
	}
	for _, s := range foreignSigns {
		all = append(all, s.key)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// recovery says whether a recovery printed the properties.
func recovery(c *Case) (ref evidence.Ref, said string, ok bool) {
	for p, o := range bootReads.of(c) {
		if want := recoverySigns[p.Key]; want != "" && strings.EqualFold(strings.TrimSpace(p.Value), want) {
			return o.Ref, p.Key + " is " + want, true
		}
	}
	return evidence.Ref{}, "", false
}

// foreignSigns are properties by which an image that no boot loader calls green
// gives itself away, though properties were set to say otherwise. A recovery of
// TWRP's kind in the boot image is nobody's product. LineageOS is, under other
// names, what some makers ship: whose it is there is not known.
var foreignSigns = []struct {
	key     string // a name, or the beginning of one that ends in a dot
	value   string // its beginning; empty: any
	image   string
	verdict Verdict
}{
	{"ro.product.bootimage.name", "twrp_", "a boot image of TWRP's", Flagged},
	{"ro.product.bootimage.name", "omni_", "a boot image of OmniROM's", Flagged},
	{"ro.product.name", "twrp_", "an image of TWRP's", Flagged},
	{"ro.twrp.", "", "an image of TWRP's", Flagged},
	{"ro.orangefox.", "", "an image of OrangeFox's", Flagged},
	{"ro.product.bootimage.name", "lineage_", "a boot image of LineageOS's", Unknown},
	{"ro.lineage.", "", "an image of LineageOS's", Unknown},
}

// foreign tells of an image that is not its maker's, beside what the handset says
// of verified boot: one finding an image and verdict.
func foreign(c *Case, good []string, grounds []evidence.Ref) []Finding {
	var found []Finding
	told := map[string]int{}
	for p, o := range bootReads.of(c) {
		for _, s := range foreignSigns {
			if !takes(s.key, p.Key) || p.Value == "" || !strings.HasPrefix(strings.ToLower(p.Value), s.value) {
				continue
			}
			if i, ok := told[s.image]; ok {
				found[i].Grounds = append(found[i].Grounds, o.Ref)
				continue
			}
			told[s.image] = len(found)
			f := answer(s.verdict, "", []evidence.Ref{o.Ref}, "%s", contradiction(s.verdict, p, s.image, good))
			f.Grounds = append(f.Grounds, grounds...)
			found = append(found, f)
		}
	}
	return found
}

func contradiction(v Verdict, p fact.Property, image string, good []string) string {
	said := p.Key + " is " + strings.TrimSpace(p.Value) + ", which tells of " + image
	if len(good) > 0 {
		said += ", and the handset says " + strings.Join(good, ", ")
	}
	if v == Unknown {
		said += ": whether its maker ships that is not known"
	}
	return said
}
