package persona

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"assay/harness/strict"
)

// releases gives the releases that an SDK goes with.
var releases = map[int][]string{
	21: {"5.0"}, 22: {"5.1"}, 23: {"6"}, 24: {"7.0"}, 25: {"7.1"}, 26: {"8.0"}, 27: {"8.1"}, 28: {"9"}, 29: {"10"},
	30: {"11"}, 31: {"12"}, 32: {"12"}, 33: {"13"}, 34: {"14"}, 35: {"15"}, 36: {"16"},
}

var (
	hex16    = regexp.MustCompile(`^[0-9a-f]{16}$`)
	macForm  = regexp.MustCompile(`^([0-9a-f]{2}:){5}[0-9a-f]{2}$`)
	uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`)
	iccForm  = regexp.MustCompile(`^89[0-9]{17,18}$`)
	digits15 = regexp.MustCompile(`^[0-9]{15}$`)
)

// faulter takes what is wrong with a persona: the YAML path of the place, as
// strict.Places wants it, and the words.
type faulter func(at, format string, args ...any)

// lint says what a well-written persona gets wrong.
func lint(p *Persona, apps map[string]*App, fault faulter) {
	if known, ok := releases[p.SDK]; !ok {
		fault("$.sdk", "sdk %d: virtual handsets run 21 (Android 5.0) to 36 (Android 16)", p.SDK)
	} else if !slices.ContainsFunc(known, func(r string) bool { return p.Release == r || strings.HasPrefix(p.Release, r+".") }) {
		fault("$.release", "release %q does not go with sdk %d (Android %s)", p.Release, p.SDK, strings.Join(known, ", "))
	}
	if got := p.Properties["ro.build.version.sdk"]; got != "" && got != fmt.Sprint(p.SDK) {
		fault("$.properties", "properties: ro.build.version.sdk is %s, sdk is %d", got, p.SDK)
	}
	if got := p.Properties["ro.build.version.release"]; got != "" && got != p.Release {
		fault("$.properties", "properties: ro.build.version.release is %s, release is %s", got, p.Release)
	}
	lintIdentity(p.Identity, fault)
	lintPackages(p, fault)
	lintSpecimens(p, apps, fault)
	for _, ns := range slices.Sorted(maps.Keys(p.Settings)) {
		if !slices.Contains(Namespaces, ns) {
			fault("$.settings."+ns, "settings: no namespace %q; there are global, secure and system", ns)
		}
	}
	if p.Battery.Level < 0 || p.Battery.Level > 100 {
		fault("$.battery.level", "battery: level %d is not a percentage", p.Battery.Level)
	}
}

func lintIdentity(id Identity, fault faulter) {
	if id.Serial == "" {
		fault("$.identity.serial", "identity: no serial")
	}
	if _, _, err := id.SwitchedOn(); err != nil {
		fault("$.identity.clock", "identity: %v", err)
	}
	for _, v := range []struct {
		key, value, want string
		good             func(string) bool
	}{
		{"imei", id.IMEI, "15 digits with a Luhn check digit", func(s string) bool { return digits15.MatchString(s) && luhn(s) }},
		{"imsi", id.IMSI, "15 digits", digits15.MatchString},
		{"icc_id", id.ICCID, "89 and 17 or 18 more digits, the last a Luhn check digit", func(s string) bool { return iccForm.MatchString(s) && luhn(s) }},
		{"android_id", id.AndroidID, "16 hex digits", hex16.MatchString},
		{"mac", id.MAC, "six octets in lower case", macForm.MatchString},
		{"boot_id", id.BootID, "a UUID", uuidForm.MatchString},
	} {
		if v.value != "" && !v.good(v.value) {
			fault("$.identity."+v.key, "identity: %s %q is not %s", v.key, v.value, v.want)
		}
	}
}

func lintPackages(p *Persona, fault faulter) {
	seen := map[string]bool{}
	for i, pkg := range p.Packages {
		at := fmt.Sprintf("$.packages[%d]", i)
		switch {
		case pkg.Name == "":
			fault(at, "packages[%d]: no name", i)
		case seen[pkg.Name]:
			fault(at+".name", "packages: %s stands twice", pkg.Name)
		case !strings.HasPrefix(pkg.Path, "/"):
			fault(at+".path", "packages: %s has no absolute path", pkg.Name)
		case strings.HasPrefix(pkg.Name, "specimen."):
			fault(at+".name", "packages: %s: names of specimens are for specimens", pkg.Name)
		}
		seen[pkg.Name] = true
		for _, perm := range slices.Sorted(maps.Keys(pkg.Runtime)) {
			for _, f := range pkg.Runtime[perm] {
				if _, ok := flagBits[f]; !ok {
					fault(at+".runtime", "packages: %s: %s: unknown permission flag %q%s", pkg.Name, perm, f,
						strict.Meant(f, slices.Collect(maps.Keys(flagBits))))
				}
			}
		}
	}
}

func lintSpecimens(p *Persona, apps map[string]*App, fault faulter) {
	seen := map[string]bool{}
	for i, s := range p.Specimens {
		at := fmt.Sprintf("$.specimens[%d]", i)
		a, ok := apps[s.App]
		if !ok {
			fault(at+".app", "specimens: no app %q%s", s.App, strict.Meant(s.App, slices.Collect(maps.Keys(apps))))
			continue
		}
		if _, ok := a.Manners[s.Manner]; !ok {
			known := slices.Sorted(maps.Keys(a.Manners))
			fault(at+".manner", "specimens: %s has no manner %q%s; it has %s", s.App, s.Manner, strict.Meant(s.Manner, known),
				strings.Join(known, ", "))
		}
		if seen[s.App] {
			fault(at+".app", "specimens: %s stands twice", s.App)
		}
		seen[s.App] = true
	}
}

// SIMSerial is the number of the SIM, or "" without one: the persona's, or India's
// prefix, the operator, digits of the IMEI, and a check digit.
func (id Identity) SIMSerial() string {
	if id.ICCID != "" || len(id.IMSI) < 5 || len(id.IMEI) < 14 {
		return id.ICCID
	}
	digits := "8991" + id.IMSI[3:5] + id.IMEI[2:14]
	for check := '0'; check <= '9'; check++ {
		if luhn(digits + string(check)) {
			return digits + string(check)
		}
	}
	return ""
}

// luhn says whether the last digit checks the others (ISO/IEC 7812-1).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
