package virtual

import (
	"fmt"
	"strings"
)

// transparencyShell carries out cmd transparency get mba_info
// (BinaryTransparencyService), from Android 14: a digest of each app of the image,
// and who signed it. The first builds of 14 knew no --preloads-only.
func transparencyShell(p *process, args []string) int {
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
		case a == "--preloads-only" && p.handset.SDK() >= 35:
		default:
			fmt.Fprintf(p.Stdout, "ERROR: Unknown option: %s\n", a)
			return 1
		}
	}
	defer p.handset.rlock()()
	for _, pkg := range p.handset.state.order {
		if pkg.sys && pkg.Name != "android" {
			p.handset.mba(p, pkg, verbose)
		}
	}
	return 0
}

// mba prints one app of the image.
func (h *PhoneHandset) mba(p *process, pkg *installed, verbose bool) {
	fmt.Fprintf(p.Stdout, "MBA Info [Format: package_name,package_version,content_digest_algorithm:content_digest]:\n%s,%d,CHUNKED_SHA256:%s\n",
		pkg.Name, pkg.Code, digest("content", h.Persona().Brand, pkg.apkPath(), pkg.Version))
	if !verbose {
		return
	}
	label, shared := pkg.Name, "null"
	if pkg.app != nil {
		label = pkg.app.Label
	}
	if pkg.shared != nil {
		shared = pkg.shared.name
	}
	fmt.Fprintf(p.Stdout, "--- App Details ---\nName: null\nLabel: %s\nDescription: null\nHas code: true\nIs enabled: %t\nIs suspended: false\nCompile SDK version: %d\nTarget SDK version: %d\nIs privileged: %t\nIs a stub: false\nIs a core app: false\nSEInfo: default\nComponent factory: null\nProcess name: %s\nTask affinity: %s\nUID: %d\nShared UID: %s\n",
		label, pkg.users[0].enabled < 2, h.SDK(), pkg.Target, pkg.priv, pkg.Name, pkg.Name, pkg.uid, shared)
	first, last := h.installTimes(pkg)
	fmt.Fprintf(p.Stdout, "--- Package Installation Info ---\nCurrent install location: %s\nFirst install time (ms): %d\nLast update time (ms):   %d\nIs preloaded: %t\nInstallation initiated by: null\nInstallation done by: null\nInstallation originating from: null\n",
		pkg.apkPath(), first.UnixMilli(), last.UnixMilli(), first.Equal(last))
	fmt.Fprintf(p.Stdout, "--- Package Signer Info ---\nHas multiple signers: false\nSigning key has been rotated: false\nSigner cert's SHA256-digest: %s\nSigning key algorithm: RSA\n\n", h.certificate(pkg))
}
