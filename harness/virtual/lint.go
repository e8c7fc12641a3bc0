package virtual

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
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
	digits15 = regexp.MustCompile(`^[0-9]{15}$`)
)

// lintPersona says what a well-written persona gets wrong.
func lintPersona(p *Persona, apps map[string]*app) []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	if known, ok := releases[p.SDK]; !ok {
		fault("sdk %d: virtual handsets run 21 (Android 5.0) to 36 (Android 16)", p.SDK)
	} else if !slices.ContainsFunc(known, func(r string) bool { return p.Release == r || strings.HasPrefix(p.Release, r+".") }) {
		fault("release %q does not go with sdk %d (Android %s)", p.Release, p.SDK, strings.Join(known, ", "))
	}
	if got := p.Properties["ro.build.version.sdk"]; got != "" && got != fmt.Sprint(p.SDK) {
		fault("properties: ro.build.version.sdk is %s, sdk is %d", got, p.SDK)
	}
	if got := p.Properties["ro.build.version.release"]; got != "" && got != p.Release {
		fault("properties: ro.build.version.release is %s, release is %s", got, p.Release)
	}
	lintIdentity(p.Identity, fault)
	lintPackages(p, apps, fault)
	for ns := range p.Settings {
		if ns != "system" && ns != "secure" && ns != "global" {
			fault("settings: no namespace %q; there are global, secure and system", ns)
		}
	}
	if p.Battery.Level < 0 || p.Battery.Level > 100 {
		fault("battery: level %d is not a percentage", p.Battery.Level)
	}
	return faults
}

func lintIdentity(id Identity, fault func(string, ...any)) {
	if id.Serial == "" {
		fault("identity: no serial")
	}
	if _, err := newClock(id.Clock, id.Zone); err != nil {
		fault("identity: %w", err)
	}
	if id.IMEI != "" && (!digits15.MatchString(id.IMEI) || !luhn(id.IMEI)) {
		fault("identity: imei %q is not 15 digits with a Luhn check digit", id.IMEI)
	}
	if id.IMSI != "" && !digits15.MatchString(id.IMSI) {
		fault("identity: imsi %q is not 15 digits", id.IMSI)
	}
	if id.AndroidID != "" && !hex16.MatchString(id.AndroidID) {
		fault("identity: android_id %q is not 16 hex digits", id.AndroidID)
	}
	if id.MAC != "" && !macForm.MatchString(id.MAC) {
		fault("identity: mac %q is not six octets in lower case", id.MAC)
	}
	if id.BootID != "" && !uuidForm.MatchString(id.BootID) {
		fault("identity: boot_id %q is not a UUID", id.BootID)
	}
}

func lintPackages(p *Persona, apps map[string]*app, fault func(string, ...any)) {
	seen := map[string]bool{}
	for i, pkg := range p.Packages {
		switch {
		case pkg.Name == "":
			fault("packages[%d]: no name", i)
		case seen[pkg.Name]:
			fault("packages: %s stands twice", pkg.Name)
		case !strings.HasPrefix(pkg.Path, "/"):
			fault("packages: %s has no absolute path", pkg.Name)
		case strings.HasPrefix(pkg.Name, "specimen."):
			fault("packages: %s: names of specimens are for specimens", pkg.Name)
		}
		seen[pkg.Name] = true
		for perm, flags := range pkg.Runtime {
			for _, f := range flags {
				if _, ok := flagBits[f]; !ok {
					fault("packages: %s: %s: unknown permission flag %q%s", pkg.Name, perm, f, meant(f, slices.Collect(maps.Keys(flagBits))))
				}
			}
		}
	}
	for _, s := range p.Specimens {
		a, ok := apps[s.App]
		if !ok {
			fault("specimens: no app %q%s", s.App, meant(s.App, slices.Collect(maps.Keys(apps))))
			continue
		}
		if _, ok := a.Manners[s.Manner]; !ok {
			known := slices.Sorted(maps.Keys(a.Manners))
			fault("specimens: %s has no manner %q%s; it has %s", s.App, s.Manner, meant(s.Manner, known), strings.Join(known, ", "))
		}
		if seen[s.App] {
			fault("specimens: %s stands twice", s.App)
		}
		seen[s.App] = true
	}
}

func meant(word string, known []string) string {
	slices.Sort(known)
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
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
