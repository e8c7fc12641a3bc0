package baseline

import (
	"path"
	"slices"
	"strings"

	"assay/harness/android"
)

// Row is one expectation: who has what, on which releases.
type Row struct {
	File        string
	Line        int
	What        string // in words, for whoever reads a finding
	Min, Max    int    // SDKs; Max 0: still so
	Kind        Kind
	Holders     []Holder    // alternatives, the strongest first
	When        []Condition // all must hold
	Permissions []string    // full names, @sets, or * for all that it asks for
	Fixed       Fixed
	Source      string // the file and the SDKs of which it was read
}

// Kind says what makes an app a row's holder.
type Kind string

// The kinds of holders.
const (
	Handler   Kind = "handler"   // it answers an intent
	Role      Kind = "role"      // it has a role
	Part      Kind = "component" // it owns an authority, or AOSP's configuration names it
	Provider  Kind = "provider"  // the system asks another party for it: telephony, settings, voice
	OfAndroid Kind = "platform"  // its key or UID is the platform's
	OfGoogle  Kind = "google"    // Google's exception
)

var kindClasses = map[Kind]Class{
	Handler: DefaultHandler, Role: ByRole, Part: Component, Provider: Component, OfAndroid: Platform, OfGoogle: Google,
}

// Condition is what must hold of a handset for a row.
type Condition string

// The conditions. The last two are of the holder: it need not be of the image, and
// all that answer are meant, not one.
const (
	Watch      Condition = "watch"      // android.hardware.type.watch
	Automotive Condition = "automotive" // android.hardware.type.automotive
	LowRAM     Condition = "lowram"     // ro.config.low_ram
	Upgraded   Condition = "upgraded"   // ro.product.first_api_level is 30 or less
	AnyApp     Condition = "anyapp"
	Every      Condition = "every"
)

// Fixed says whether a row's grant is SYSTEM_FIXED.
type Fixed string

// Whether it is fixed.
const (
	FixedYes  Fixed = "yes"
	FixedNo   Fixed = "no"
	FixedPart Fixed = "part" // some of its permissions are
)

// Holder is one way to tell who a row's holder is.
type Holder struct {
	StandIn bool     // weaker than what decides
	By      string   // activity, category, role, authority, package … (see holderKinds)
	Name    string   // the action, the role's name, the package …
	Signers []string // keys such as platform, or SHA-256 digests, of which one must fit
}

// toldWithout are the kinds of holders that are told by the question and by who
// signs: the handset is not asked who they are.
var toldWithout = []string{"package", "name", "uid", "persistent", "signed"}

// holderKinds are all that Holder.By may be.
var holderKinds = append([]string{
	"activity", "category", "service", "view", "mime", "scheme", "preferred", "sync",
	"authority", "role", "setting", "config", "verifier", "telecom", "carrier", "requests",
}, toldWithout...)

// keys are the platform's keys, and of each the package that shows it. A key of its
// own (other) is shown by none.
var keys = map[string]android.Package{
	"platform": "android", "media": "com.android.providers.media", "shared": "com.android.providers.contacts",
	"networkstack": "com.android.networkstack", "bluetooth": "com.android.bluetooth", "other": "",
}

// String gives the holder as a table has it.
func (h Holder) String() string {
	s := h.By + ":" + h.Name
	if h.StandIn {
		s = "~" + s
	}
	if len(h.Signers) > 0 {
		s += "#" + strings.Join(h.Signers, ",")
	}
	return s
}

// On says whether the row is of an SDK.
func (r *Row) On(sdk int) bool { return within(r.Min, r.Max, sdk) }

// names says whether a holder of the kind "name" means a package: * stands for anything.
func (h Holder) names(p android.Package) bool {
	ok, err := path.Match(h.Name, string(p))
	return err == nil && ok
}

// origin says whose row it is.
func (r *Row) origin() string {
	switch r.File {
	case "roles.tsv":
		return "Android's roles"
	case "platform.tsv":
		return "built by AOSP"
	case "google.tsv":
		return "Google's default permissions"
	}
	return "AOSP's grant policy"
}

// Set is one permission set on some SDKs.
type Set struct {
	Line        int
	Name        string
	Min, Max    int
	Permissions []string
	Source      string
}

// Split says which permissions come with another to an app for an older SDK.
type Split struct {
	Line       int
	Permission string
	Min, Max   int
	Below      int // the app's target SDK is less; 0: whatever it targets
	Gives      []string
	Source     string
}

// applies says whether a split holds on an SDK for an app that targets another.
func (s Split) applies(sdk, target int) bool {
	return within(s.Min, s.Max, sdk) && (s.Below == 0 || target > 0 && target < s.Below)
}

func within(lo, hi, sdk int) bool { return sdk >= lo && (hi == 0 || sdk <= hi) }

// Expand gives what a list of permissions and @sets comes to on an SDK, sorted, with
// what splits add for an app of a target SDK (0: not known, then only the splits that
// hold for any). The word * stays.
func (t *Tables) Expand(list []string, sdk, target int) []android.Permission {
	var all []android.Permission
	add := func(name string) {
		if p := android.Permission(name); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	for _, word := range list {
		if !strings.HasPrefix(word, "@") {
			add(word)
			continue
		}
		for _, s := range t.Sets {
			if s.Name == word && within(s.Min, s.Max, sdk) {
				for _, p := range s.Permissions {
					add(p)
				}
			}
		}
	}
	for i := 0; i < len(all); i++ { // what a split gives may be split itself
		for _, s := range t.Splits {
			if android.Permission(s.Permission) == all[i] && s.applies(sdk, target) {
				for _, p := range s.Gives {
					add(p)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}
