package persona

import "strings"

// LongComponent spells a component's class in full (ComponentName.flattenToString).
func LongComponent(c string) string {
	pkg, class, _ := strings.Cut(c, "/")
	if strings.HasPrefix(class, ".") {
		class = pkg + class
	}
	return pkg + "/" + class
}

// ShortComponent leaves the package out of a class that begins with it
// (ComponentName.flattenToShortString).
func ShortComponent(c string) string {
	pkg, class, _ := strings.Cut(c, "/")
	if rest, ok := strings.CutPrefix(class, pkg); ok && strings.HasPrefix(rest, ".") {
		class = rest
	}
	return pkg + "/" + class
}
