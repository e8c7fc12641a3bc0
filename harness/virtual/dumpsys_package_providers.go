package virtual

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"assay/harness/virtual/persona"
)

// dumpProviders prints the specimens' content providers, once by class and once by
// authority (ComponentResolver.dumpContentProviders, before Android 10
// PackageManagerService.dump). What providers makers' apps have no source gives.
func (h *PhoneHandset) dumpProviders(w io.Writer, o packageOptions) {
	var byClass, byAuthority string
	for _, p := range h.state.sortedPackages() {
		if p.app == nil || o.pkg != "" && o.pkg != p.Name {
			continue
		}
		for _, authority := range slices.Sorted(maps.Keys(p.app.Providers)) {
			class := persona.ShortComponent(p.Name + "/" + p.app.Providers[authority])
			shown := fmt.Sprintf("    Provider{%x %s}\n", h.number("provider", class)&0xfffffff, class)
			byClass += fmt.Sprintf("  %s:\n%s", class, shown)
			byAuthority += fmt.Sprintf("  [%s]:\n%s      applicationInfo=ApplicationInfo{%x %s}\n", authority, shown, h.number("appinfo", p.Name)&0xfffffff, p.Name)
		}
	}
	if byClass != "" {
		fmt.Fprintf(w, "\nRegistered ContentProviders:\n%s\nContentProvider Authorities:\n%s", byClass, byAuthority)
	}
}
