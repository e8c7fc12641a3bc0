package command

import (
	"fmt"
	"strings"

	"assay/harness/virtual/phone"
)

// transparencyShell carries out cmd transparency get mba_info
// (BinaryTransparencyService), from Android 14: a digest of each app of the image,
// and who signed it. The first builds of 14 knew no --preloads-only.
func transparencyShell(p *phone.Call, args []string) int {
	if len(args) < 2 || args[0] != "get" || args[1] != "mba_info" {
		fmt.Fprintf(p.Stdout, "Unknown command: %s\n", strings.Join(args, " "))
		return 255
	}
	verbose := false
	for _, a := range args[2:] {
		switch {
		case a == "-v":
			verbose = true
		case a == "-o" || a == "-l" || a == "--no-headers":
		case a == "--preloads-only" && p.Handset.SDK() >= 35:
		default:
			fmt.Fprintf(p.Stdout, "ERROR: Unknown option: %s\n", a)
			return 1
		}
	}
	defer p.Handset.RLock()()
	for _, pkg := range p.Handset.State.Order {
		if pkg.IsSystem && pkg.Name != "android" {
			mba(p.Handset, p, pkg, verbose)
		}
	}
	return 0
}

// mba prints one app of the image.
func mba(h *phone.Handset, p *phone.Call, pkg *phone.Package, verbose bool) {
	fmt.Fprintf(p.Stdout, "MBA Info [Format: package_name,package_version,content_digest_algorithm:content_digest]:\n"+
		"%s,%d,CHUNKED_SHA256:%s\n",
		pkg.Name, pkg.Code, phone.Digest("content", h.Persona().Brand, pkg.APKPath(), pkg.Version))
	if !verbose {
		return
	}
	label, shared := pkg.Name, "null"
	if pkg.App != nil {
		label = pkg.App.Label
	}
	if pkg.Shared != nil {
		shared = pkg.Shared.Name
	}
	fmt.Fprintf(p.Stdout, "--- App Details ---\nName: null\nLabel: %s\nDescription: null\nHas code: true\nIs enabled: %t\n"+
		"Is suspended: false\nCompile SDK version: %d\nTarget SDK version: %d\nIs privileged: %t\nIs a stub: false\nIs a core app: false\n"+
		"SEInfo: default\nComponent factory: null\nProcess name: %s\nTask affinity: %s\nUID: %d\nShared UID: %s\n",
		label, pkg.Users[0].Enabled < 2, h.SDK(), pkg.Target, pkg.IsPrivileged, pkg.Name, pkg.Name, pkg.AppID, shared)
	first, last := h.InstallTimes(pkg)
	fmt.Fprintf(p.Stdout, "--- Package Installation Info ---\nCurrent install location: %s\nFirst install time (ms): %d\n"+
		"Last update time (ms):   %d\nIs preloaded: %t\nInstallation initiated by: null\nInstallation done by: null\n"+
		"Installation originating from: null\n",
		pkg.APKPath(), first.UnixMilli(), last.UnixMilli(), first.Equal(last))
	fmt.Fprintf(p.Stdout, "--- Package Signer Info ---\nHas multiple signers: false\nSigning key has been rotated: false\n"+
		"Signer cert's SHA256-digest: %s\nSigning key algorithm: RSA\n\n", h.Certificate(pkg))
}
