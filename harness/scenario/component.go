package scenario

import (
	"regexp"
	"strings"

	"assay/harness/android"
)

// component is an activity: a package, and a class written in full.
type component struct {
	pkg   android.Package
	class string
}

// String gives package/class.
func (c component) String() string { return string(c.pkg) + "/" + c.class }

// chooser says whether the activity is Android's own (or a maker's own) dialog
// that lets a person choose between several: ResolverActivity, ChooserActivity,
// and their heirs.
func (c component) chooser() bool {
	return strings.HasSuffix(c.class, "ResolverActivity") || strings.HasSuffix(c.class, "ChooserActivity") ||
		c.pkg == "android" || c.pkg == "com.android.intentresolver"
}

// A package's name, and a component in short or in full.
var (
	packageForm   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*$`)
	componentForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)/(\.?[A-Za-z_$][A-Za-z0-9_$.]*)$`)
)

// validPackage says whether a word that a handset printed can be a package; null
// and none cannot.
func validPackage(s string) bool {
	return len(s) <= 255 && s != "null" && s != "none" && packageForm.MatchString(s)
}

// parseComponent reads package/.Class or package/full.Class.
func parseComponent(s string) (component, bool) {
	m := componentForm.FindStringSubmatch(s)
	if m == nil || len(s) > 600 {
		return component{}, false
	}
	class := m[2]
	if strings.HasPrefix(class, ".") {
		class = m[1] + class
	}
	return component{pkg: android.Package(m[1]), class: class}, true
}

// components reads what resolve-activity and query-activities print with
// --brief: for each activity a line of priority= … isDefault=, and one of its
// component in short; "No activity found" and "No activities found" print none
// (frameworks/base services core …/pm/PackageManagerShellCommand.java, Android 7
// to 16).
func components(out string) []component {
	var found []component
	for line := range strings.Lines(out) {
		if c, ok := parseComponent(strings.TrimSpace(line)); ok {
			found = append(found, c)
		}
	}
	return found
}

// listed reads pm list packages without options: package:NAME.
func listed(out string) []android.Package {
	var found []android.Package
	for line := range strings.Lines(out) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "package:")
		if ok && packageForm.MatchString(name) {
			found = append(found, android.Package(name))
		}
	}
	return found
}

// apps keeps the first component of each package.
func apps(found []component) []component {
	var kept []component
	seen := map[android.Package]bool{}
	for _, c := range found {
		if !seen[c.pkg] {
			kept = append(kept, c)
		}
		seen[c.pkg] = true
	}
	return kept
}
