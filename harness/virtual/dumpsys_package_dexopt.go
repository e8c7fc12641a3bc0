package virtual

import (
	"fmt"
	"io"
	"path"
)

// dumpDexopt prints the sections Dexopt state (from Android 7) and Compiler stats
// (from 7.1), which stand at the end of a package's dump
// (PackageManagerService.dumpDexoptStateLPr, PackageDexOptimizer.dumpDexoptState).
func (h *PhoneHandset) dumpDexopt(w io.Writer, o packageOptions) {
	sdk := h.SDK()
	if sdk < 24 {
		return
	}
	fmt.Fprint(w, "\nDexopt state:\n")
	for _, p := range h.state.order {
		if o.pkg != "" && p.Name != o.pkg {
			continue
		}
		fmt.Fprintf(w, "  [%s]\n", p.Name)
		if h.abi(p) != "" {
			h.dumpDexoptOf(w, p)
		}
	}
	if sdk < 25 {
		return
	}
	fmt.Fprint(w, "\nCompiler stats:\n")
	for _, p := range h.state.order {
		if o.pkg == "" || p.Name == o.pkg {
			fmt.Fprintf(w, "  [%s]\n    (No recorded stats)\n", p.Name)
		}
	}
}

// dumpDexoptOf prints how one package's code was compiled: by instruction set up
// to Android 7, by path from 8, with a reason from 9.
func (h *PhoneHandset) dumpDexoptOf(w io.Writer, p *installed) {
	apk := p.apkPath()
	odex := path.Dir(apk) + "/oat/arm64/" + path.Base(apk[:len(apk)-len(path.Ext(apk))]) + ".odex"
	switch sdk := h.SDK(); {
	case sdk < 26:
		fmt.Fprintf(w, "    Instruction Set: arm64\n      path: %s\n      status: %s [compilation_filter=speed, status=kOatUpToDat\n      e]\n", apk, odex)
	case sdk < 28:
		fmt.Fprintf(w, "    path: %s\n      arm64: %s[status=kOatUpToDate, compilation_filter=speed]\n", apk, odex)
	case sdk < 34:
		fmt.Fprintf(w, "    path: %s\n      arm64: [status=speed] [reason=prebuilt]\n", apk)
	default:
		fmt.Fprintf(w, "    path: %s\n      arm64: [status=speed] [reason=prebuilt] [primary-abi]\n        [location is %s]\n", apk, odex)
	}
}
