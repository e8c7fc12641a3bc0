package dumpsys

import (
	"fmt"
	"io"
	"path"

	"assay/harness/virtual/phone"
)

// dumpDexopt prints the sections Dexopt state (from Android 7) and Compiler stats
// (from 7.1), which stand at the end of a package's dump
// (PackageManagerService.dumpDexoptStateLPr, PackageDexOptimizer.dumpDexoptState).
func dumpDexopt(h *phone.Handset, w io.Writer, o PackageOptions) {
	sdk := h.SDK()
	if sdk < 24 {
		return
	}
	fmt.Fprint(w, "\nDexopt state:\n")
	for _, p := range h.State.Order {
		if o.Package != "" && p.Name != o.Package {
			continue
		}
		fmt.Fprintf(w, "  [%s]\n", p.Name)
		if abi(h, p) != "" {
			dumpDexoptOf(h, w, p)
		}
	}
	if sdk < 25 {
		return
	}
	fmt.Fprint(w, "\nCompiler stats:\n")
	for _, p := range h.State.Order {
		if o.Package == "" || p.Name == o.Package {
			fmt.Fprintf(w, "  [%s]\n    (No recorded stats)\n", p.Name)
		}
	}
}

// dumpDexoptOf prints how one package's code was compiled: by instruction set up
// to Android 7, by path from 8, with a reason from 9.
func dumpDexoptOf(h *phone.Handset, w io.Writer, p *phone.Package) {
	apk := p.APKPath()
	odex := path.Dir(apk) + "/oat/arm64/" + path.Base(apk[:len(apk)-len(path.Ext(apk))]) + ".odex"
	switch sdk := h.SDK(); {
	case sdk < 26:
		fmt.Fprintf(w, "    Instruction Set: arm64\n      path: %s\n      status: %s [compilation_filter=speed, status=kOatUpToDat\n"+
			"      e]\n", apk, odex)
	case sdk < 28:
		fmt.Fprintf(w, "    path: %s\n      arm64: %s[status=kOatUpToDate, compilation_filter=speed]\n", apk, odex)
	case sdk < 34:
		fmt.Fprintf(w, "    path: %s\n      arm64: [status=speed] [reason=prebuilt]\n", apk)
	default:
		fmt.Fprintf(w, "    path: %s\n      arm64: [status=speed] [reason=prebuilt] [primary-abi]\n        [location is %s]\n", apk, odex)
	}
}
