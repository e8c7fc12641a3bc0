package dumpsys

import (
	"fmt"
	"io"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// dumpProviders prints the specimens' content providers, once by class and once by
// authority (ComponentResolver.dumpContentProviders, before Android 10
// PackageManagerService.dump). What providers makers' apps have no source gives.
func dumpProviders(h *phone.Handset, w io.Writer, o PackageOptions) {
	var byClass, byAuthority string
	for _, p := range h.State.SortedPackages() {
		if p.App == nil || o.Package != "" && o.Package != p.Name {
			continue
		}
		for _, authority := range phone.SortedKeys(p.App.Providers) {
			class := persona.ShortComponent(p.Name + "/" + p.App.Providers[authority])
			shown := fmt.Sprintf("    Provider{%x %s}\n", h.Number("provider", class)&0xfffffff, class)
			byClass += fmt.Sprintf("  %s:\n%s", class, shown)
			byAuthority += fmt.Sprintf("  [%s]:\n%s      applicationInfo=ApplicationInfo{%x %s}\n", authority, shown,
				h.Number("appinfo", p.Name)&0xfffffff, p.Name)
		}
	}
	if byClass != "" {
		fmt.Fprintf(w, "\nRegistered ContentProviders:\n%s\nContentProvider Authorities:\n%s", byClass, byAuthority)
	}
}
